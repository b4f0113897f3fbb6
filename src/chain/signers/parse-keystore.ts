import type { Descriptor } from '../../errors/descriptor.ts'
import { SIGNER_ERRORS } from '../../errors/signer.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/json.ts'

/** How the password becomes 32 bytes of key. */
export type KeyDerivation =
  | { readonly kdf: 'scrypt'; readonly n: number; readonly r: number; readonly p: number; readonly salt: Buffer }
  | { readonly kdf: 'pbkdf2'; readonly rounds: number; readonly salt: Buffer }

/** A keystore of version 3 (Web3 Secret Storage), checked. */
export type Keystore = {
  /** 40 hexadecimal digits in lower case; some wallets leave it out. */
  readonly address?: string
  readonly derivation: KeyDerivation
  readonly iv: Buffer
  readonly ciphertext: Buffer
  readonly mac: Buffer
}

export type KeystoreProblem = { readonly ok: false; readonly descriptor: Descriptor; readonly problem: string }

/** 128 · N · r bytes; a standard keystore (N 262144, r 8) needs 256 MiB. */
const SCRYPT_MEMORY_BYTES = 512 * 1024 * 1024
/** N · r · p; eight times a standard keystore. */
const SCRYPT_WORK = 262_144 * 8 * 8
const PBKDF2_ROUNDS = 10_000_000

/** Reads a keystore's JSON text; a problem names the field and never quotes a value of it. */
export function parseKeystore(text: string): { readonly ok: true; readonly keystore: Keystore } | KeystoreProblem {
  const document = parseJson(text)
  if (document === undefined) return unusable('it is not a JSON object')
  if (document['version'] !== 3) return unusable('version is not 3')
  // The specification has lower case, some wallets wrote `Crypto`.
  const crypto = document['crypto'] ?? document['Crypto']
  if (!isJsonObject(crypto)) return unusable('crypto is missing')
  if (crypto['cipher'] !== 'aes-128-ctr') return unusable('crypto.cipher is not aes-128-ctr')
  const cipherparams = objectOf(crypto['cipherparams'])
  const iv = bytes(cipherparams['iv'], 16, 16)
  if (iv === undefined) return unusable('crypto.cipherparams.iv is not 16 bytes in hex')
  const ciphertext = bytes(crypto['ciphertext'], 32, 32)
  if (ciphertext === undefined) return unusable('crypto.ciphertext is not 32 bytes in hex')
  const mac = bytes(crypto['mac'], 32, 32)
  if (mac === undefined) return unusable('crypto.mac is not 32 bytes in hex')
  const derivation = derivationOf(crypto['kdf'], objectOf(crypto['kdfparams']))
  if ('ok' in derivation) return derivation
  const [, address] = /^(?:0x)?([0-9a-f]{40})$/.exec(String(document['address'] ?? '').toLowerCase()) ?? []
  return {
    ok: true,
    keystore: { ...(address === undefined ? {} : { address }), derivation, iv, ciphertext, mac },
  }
}

function derivationOf(kdf: JsonValue | undefined, params: JsonObject): KeyDerivation | KeystoreProblem {
  const salt = bytes(params['salt'], 1, 128)
  if (salt === undefined) return unusable('crypto.kdfparams.salt is not hex')
  if (params['dklen'] !== 32) return unusable('crypto.kdfparams.dklen is not 32')
  if (kdf === 'scrypt') return scryptOf(params, salt)
  if (kdf !== 'pbkdf2') return unusable('crypto.kdf is neither scrypt nor pbkdf2')
  if (params['prf'] !== 'hmac-sha256') return unusable('crypto.kdfparams.prf is not hmac-sha256')
  const rounds = positive(params['c'])
  if (rounds === undefined) return unusable('crypto.kdfparams.c is not a positive integer')
  return rounds > PBKDF2_ROUNDS ? tooCostly(`c is ${rounds}`) : { kdf, rounds, salt }
}

function scryptOf(params: JsonObject, salt: Buffer): KeyDerivation | KeystoreProblem {
  const [n, r, p] = [positive(params['n']), positive(params['r']), positive(params['p'])]
  if (n === undefined || r === undefined || p === undefined) {
    return unusable('crypto.kdfparams n, r and p are not positive integers')
  }
  // OpenSSL refuses these; our own scrypt is slower, and blocks.
  const work = n >= 2 ** (16 * r) ? SCRYPT_WORK / 8 : SCRYPT_WORK
  if (128 * n * r > SCRYPT_MEMORY_BYTES || n * r * p > work) return tooCostly(`n is ${n}, r ${r}, p ${p}`)
  // Within the bounds, so 32-bit arithmetic is exact.
  if (n < 2 || (n & (n - 1)) !== 0) return unusable('crypto.kdfparams.n is not a power of 2')
  return { kdf: 'scrypt', n, r, p, salt }
}

function parseJson(text: string): JsonObject | undefined {
  try {
    const value: JsonValue = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function positive(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined
}

function bytes(value: JsonValue | undefined, min: number, max: number): Buffer | undefined {
  const [, digits] = typeof value === 'string' ? (/^(?:0x)?((?:[0-9a-fA-F]{2})+)$/.exec(value) ?? []) : []
  const buffer = digits === undefined ? undefined : Buffer.from(digits, 'hex')
  return buffer !== undefined && buffer.length >= min && buffer.length <= max ? buffer : undefined
}

function unusable(problem: string): KeystoreProblem {
  return { ok: false, descriptor: SIGNER_ERRORS.KEYSTORE, problem }
}

function tooCostly(problem: string): KeystoreProblem {
  return { ok: false, descriptor: SIGNER_ERRORS.KEYSTORE_COST, problem }
}
