/* A FIDO key in software, for ssh's SecurityKeyProvider (OpenSSH sk-api.h, version 10): ed25519 alone. Its key handle is the
 * private key, which a real one never gives; it "is touched" after a second, and its PIN is 1234. OpenSSL's functions are declared here, so no
 * headers are needed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ED25519 = 1087, SIZE = 32, GENERAL = -1, UNSUPPORTED = -2, PIN_REQUIRED = -3 };
void *EVP_PKEY_new_raw_private_key(int type, void *engine, const uint8_t *key, size_t size);
int EVP_PKEY_get_raw_public_key(const void *key, uint8_t *out, size_t *size);
void *EVP_MD_CTX_new(void);
void EVP_MD_CTX_free(void *);
void EVP_PKEY_free(void *);
int EVP_DigestSignInit(void *, void **, const void *, void *, void *key);
int EVP_DigestSign(void *, uint8_t *out, size_t *size, const uint8_t *in, size_t in_size);
uint8_t *SHA256(const uint8_t *in, size_t size, uint8_t *out);
int RAND_bytes(uint8_t *out, int size);

struct enrolled {
  uint8_t flags;
  uint8_t *public_key; size_t public_key_size;
  uint8_t *handle; size_t handle_size;
  uint8_t *signature; size_t signature_size;
  uint8_t *certificate; size_t certificate_size;
  uint8_t *authdata; size_t authdata_size;
};
struct is_signed {
  uint8_t flags;
  uint32_t counter;
  uint8_t *r; size_t r_size;
  uint8_t *s; size_t s_size;
};

uint32_t sk_api_version(void) { return 0x000a0000; }

int sk_enroll(uint32_t algorithm, const uint8_t *challenge, size_t size, const char *application, uint8_t flags,
              const char *pin, void **options, struct enrolled **out) {
  if (algorithm != 1) return UNSUPPORTED;
  struct enrolled *made = calloc(1, sizeof *made);
  made->flags = flags;
  made->handle = calloc(1, made->handle_size = SIZE);
  made->public_key = calloc(1, made->public_key_size = SIZE);
  made->signature = calloc(1, made->signature_size = 64);
  if (RAND_bytes(made->handle, SIZE) != 1) return GENERAL;
  void *key = EVP_PKEY_new_raw_private_key(ED25519, NULL, made->handle, SIZE);
  int done = EVP_PKEY_get_raw_public_key(key, made->public_key, &made->public_key_size) == 1;
  EVP_PKEY_free(key);
  *out = made;
  return done ? 0 : GENERAL;
}

/* What is signed: the application's hash, the flags, a counter, the message's hash (OpenSSH PROTOCOL.u2f). */
int sk_sign(uint32_t algorithm, const uint8_t *data, size_t size, const char *application, const uint8_t *handle,
            size_t handle_size, uint8_t flags, const char *pin, void **options, struct is_signed **out) {
  if (algorithm != 1 || handle_size != SIZE) return UNSUPPORTED;
  if (flags & 4 && (pin == NULL || strcmp(pin, "1234") != 0)) return PIN_REQUIRED;
  sleep(1);
  uint8_t text[32 + 1 + 4 + 32];
  struct is_signed *made = calloc(1, sizeof *made);
  made->flags = flags;
  made->counter = 7;
  made->r = calloc(1, made->r_size = 64);
  SHA256((const uint8_t *)application, strlen(application), text);
  text[32] = flags;
  memcpy(text + 33, "\0\0\0\7", 4);
  SHA256(data, size, text + 37);
  void *key = EVP_PKEY_new_raw_private_key(ED25519, NULL, handle, SIZE);
  void *context = EVP_MD_CTX_new();
  int done = EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
             EVP_DigestSign(context, made->r, &made->r_size, text, sizeof text) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  *out = made;
  return done ? 0 : GENERAL;
}

int sk_load_resident_keys(const char *pin, void **options, void ***keys, size_t *count) {
  return UNSUPPORTED;
}
