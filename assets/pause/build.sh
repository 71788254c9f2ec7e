#!/bin/sh
# Builds pause for x86-64 and arm64 and writes each as base64. Debian: gcc, gcc-aarch64-linux-gnu.
set -eu
cd "$(dirname "$0")"
build() { # COMPILER NAME
  "$1" -Os -static -nostdlib -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables \
    -Wall -Wextra -Wl,--build-id=none -Wl,-z,noseparate-code -Wl,-z,norelro -s -o "pause-$2" pause.c ||
    return 1
  base64 -w 0 "pause-$2" >"pause-$2.b64"
  rm "pause-$2"
}
build gcc x86_64
build aarch64-linux-gnu-gcc aarch64
