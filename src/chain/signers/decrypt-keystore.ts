import { createDecipheriv, pbkdf2, scrypt, timingSafeEqual } from 'node:crypto'
import { keccak256 } from 'viem/utils'
import type { KeyDerivation, Keystore } from './parse-keystore.ts'
import { scryptInJs } from './scrypt-in-js.ts'

/**
 * The private key of a keystore as 64 hexadecimal digits (Web3 Secret Storage, version 3); undefined for another
 * password, or a file that was damaged: the MAC says so before anything is decrypted.
 */
export async function decryptKeystore(keystore: Keystore, password: string): Promise<string | undefined> {
  const derived = await derive(keystore.derivation, Buffer.from(password, 'utf8'))
  const mac = keccak256(Buffer.concat([derived.subarray(16, 32), keystore.ciphertext]), 'bytes')
  if (!timingSafeEqual(mac, keystore.mac)) return undefined
  const decipher = createDecipheriv('aes-128-ctr', derived.subarray(0, 16), keystore.iv)
  return Buffer.concat([decipher.update(keystore.ciphertext), decipher.final()]).toString('hex')
}

function derive(derivation: KeyDerivation, password: Buffer): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const done = (error: Error | null, key: Buffer): void => (error === null ? resolve(key) : reject(error))
  if (derivation.kdf === 'pbkdf2') pbkdf2(password, derivation.salt, derivation.rounds, 32, 'sha256', done)
  else {
    const { n, r, p, salt } = derivation
    if (n >= 2 ** (16 * r)) return Promise.resolve(scryptInJs(password, salt, derivation))
    // What scrypt takes, and some room: Node refuses a `maxmem` that is just reached.
    const maxmem = 128 * r * (n + p + 2) + 1024 * 1024
    scrypt(password, salt, 32, { N: n, r, p, maxmem }, done)
  }
  return promise
}
