/** Numbers and texts in few bytes: seven bits a byte, lowest first, the eighth bit says that more follow (LEB128). */

export class Bytes {
  #bytes = new Uint8Array(32);
  #length = 0;

  /** A copy of what was written. */
  get taken(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }

  /** @param value whole, from 0 to Number.MAX_SAFE_INTEGER */
  number(value: number): void {
    this.#room(8);
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = 128 + (rest % 128);
    this.#bytes[this.#length++] = rest;
  }

  bytes(bytes: Uint8Array): void {
    this.number(bytes.length);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** As UTF-16, so that any text of JavaScript comes back as it was. */
  text(text: string): void {
    this.number(text.length);
    for (let i = 0; i < text.length; i++) this.number(text.charCodeAt(i));
  }
}

/** Each throws RangeError where the bytes end, or are not what was asked for. */
export class BytesReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.#at >= this.#bytes.length;
  }

  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new RangeError("the bytes end in a number");
      value += (byte & 127) * scale;
      if (value > Number.MAX_SAFE_INTEGER || scale > 2 ** 49) throw new RangeError("a number is too large");
      if (byte < 128) return value;
    }
  }

  numberUpTo(most: number): number {
    const value = this.number();
    if (value > most) throw new RangeError("a number is larger than any of ours");
    return value;
  }

  bytes(): Uint8Array {
    const length = this.numberUpTo(this.#bytes.length - this.#at);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  text(): string {
    const length = this.numberUpTo(this.#bytes.length - this.#at);
    let text = "";
    for (let i = 0; i < length; i++) text += String.fromCharCode(this.numberUpTo(0xffff));
    return text;
  }
}
