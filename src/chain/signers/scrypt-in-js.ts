import { pbkdf2Sync } from 'node:crypto'

/**
 * scrypt (RFC 7914) for what OpenSSL refuses: N of 2^(16·r) and more, as in keystores of older Python wallets (N 2^18, r 1,
 * p 8). 32 bytes; blocks for 1 to 3 s at that size. `n` is a power of 2. For little-endian machines.
 */
export function scryptInJs(
  password: Buffer,
  salt: Buffer,
  { n, r, p }: { readonly n: number; readonly r: number; readonly p: number },
): Buffer {
  const bytes = pbkdf2Sync(password, salt, 1, 128 * r * p, 'sha256')
  // A copy: Buffers of a pool are not aligned to words.
  const blocks = new Int32Array(new Uint8Array(bytes).buffer)
  const words = 32 * r
  const store = new Int32Array(n * words)
  for (let i = 0; i < p; i++) romix(blocks.subarray(i * words, (i + 1) * words), n, store)
  return pbkdf2Sync(password, Buffer.from(blocks.buffer), 1, 32, 'sha256')
}

/** Made once: this runs millions of times. */
type Scratch = { readonly mixed: Int32Array; readonly x: Int32Array; readonly z: Int32Array }

function romix(block: Int32Array, n: number, store: Int32Array): void {
  const words = block.length
  const scratch = { mixed: new Int32Array(words), x: new Int32Array(16), z: new Int32Array(16) }
  for (let i = 0; i < n; i++) {
    store.set(block, i * words)
    blockMix(block, scratch)
  }
  for (let i = 0; i < n; i++) {
    const at = ((block[words - 16] ?? 0) & (n - 1)) * words
    for (let j = 0; j < words; j++) block[j] = (block[j] ?? 0) ^ (store[at + j] ?? 0)
    blockMix(block, scratch)
  }
}

/** Salsa20/8 over the chunks of 64 bytes; even ones go to the first half, odd ones to the second. */
function blockMix(block: Int32Array, { mixed, x, z }: Scratch): void {
  const chunks = block.length / 16
  x.set(block.subarray(block.length - 16))
  for (let i = 0; i < chunks; i++) {
    for (let j = 0; j < 16; j++) x[j] = (x[j] ?? 0) ^ (block[i * 16 + j] ?? 0)
    salsa8(x, z)
    mixed.set(x, ((i >> 1) + (i % 2) * (chunks / 2)) * 16)
  }
  block.set(mixed)
}

/** Four double rounds: columns, then rows. */
function salsa8(x: Int32Array, z: Int32Array): void {
  z.set(x)
  for (let round = 0; round < 4; round++) {
    quarter(z, 0, 4, 8, 12)
    quarter(z, 5, 9, 13, 1)
    quarter(z, 10, 14, 2, 6)
    quarter(z, 15, 3, 7, 11)
    quarter(z, 0, 1, 2, 3)
    quarter(z, 5, 6, 7, 4)
    quarter(z, 10, 11, 8, 9)
    quarter(z, 15, 12, 13, 14)
  }
  for (let i = 0; i < 16; i++) x[i] = (x[i] ?? 0) + (z[i] ?? 0)
}

function quarter(z: Int32Array, a: number, b: number, c: number, d: number): void {
  mix(z, b, a, d, 7)
  mix(z, c, b, a, 9)
  mix(z, d, c, b, 13)
  mix(z, a, d, c, 18)
}

function mix(z: Int32Array, to: number, one: number, two: number, by: number): void {
  const sum = ((z[one] ?? 0) + (z[two] ?? 0)) | 0
  z[to] = (z[to] ?? 0) ^ ((sum << by) | (sum >>> (32 - by)))
}
