/**
 * Keccak-256 as Ethereum uses it (the original padding, not SHA3-256's), of ASCII text; 32 bytes. Ours because the
 * checksum of an address is wanted on every start, and loading a library for it takes longer than checking a thousand
 * offers.
 */
export function keccak256(text: string): Uint8Array {
  const padded = new Uint8Array((Math.floor(text.length / RATE) + 1) * RATE)
  for (let i = 0; i < text.length; i++) padded[i] = text.charCodeAt(i)
  padded[text.length] = 0x01
  padded[padded.length - 1] = (padded[padded.length - 1] ?? 0) | 0x80
  const state = new Uint32Array(50)
  const words = new DataView(padded.buffer)
  for (let block = 0; block < padded.length; block += RATE) {
    for (let i = 0; i < RATE / 4; i++) state[i] = at(state, i) ^ words.getUint32(block + i * 4, true)
    permute(state)
  }
  const digest = new DataView(new ArrayBuffer(32))
  for (let i = 0; i < 8; i++) digest.setUint32(i * 4, at(state, i), true)
  return new Uint8Array(digest.buffer)
}

/** Bytes taken in per permutation. */
const RATE = 136

/** Steps ρ and π: lane by lane, where it goes and by how many bits it is rotated. */
const MOVES = moves()

/** Step ι: low and high half of each round's constant. */
const ROUND_CONSTANTS: readonly (readonly [number, number])[] = roundConstants()

/** Keccak-f[1600] on 25 lanes of 64 bits, each as its low and its high half. */
function permute(state: Uint32Array): void {
  const sums = new Uint32Array(10)
  const moved = new Uint32Array(50)
  for (const [low, high] of ROUND_CONSTANTS) {
    mixColumns(state, sums)
    for (let lane = 0; lane < 25; lane++) rotateInto(moved, state, lane)
    mixRows(moved, state)
    state[0] = at(state, 0) ^ low
    state[1] = at(state, 1) ^ high
  }
}

/** Step θ. */
function mixColumns(state: Uint32Array, sums: Uint32Array): void {
  for (let x = 0; x < 10; x++) {
    sums[x] = at(state, x) ^ at(state, x + 10) ^ at(state, x + 20) ^ at(state, x + 30) ^ at(state, x + 40)
  }
  for (let x = 0; x < 5; x++) {
    const left = ((x + 4) % 5) * 2
    const right = ((x + 1) % 5) * 2
    const low = at(sums, left) ^ ((at(sums, right) << 1) | (at(sums, right + 1) >>> 31))
    const high = at(sums, left + 1) ^ ((at(sums, right + 1) << 1) | (at(sums, right) >>> 31))
    for (let y = 0; y < 50; y += 10) {
      state[x * 2 + y] = at(state, x * 2 + y) ^ low
      state[x * 2 + y + 1] = at(state, x * 2 + y + 1) ^ high
    }
  }
}

function rotateInto(target: Uint32Array, state: Uint32Array, lane: number): void {
  const to = (MOVES.to[lane] ?? 0) * 2
  const bits = MOVES.bits[lane] ?? 0
  const swap = bits < 32 ? 0 : 1
  const first = at(state, lane * 2 + swap)
  const second = at(state, lane * 2 + 1 - swap)
  const by = bits % 32
  // A shift by 32 would be a shift by 0.
  target[to] = by === 0 ? first : (first << by) | (second >>> (32 - by))
  target[to + 1] = by === 0 ? second : (second << by) | (first >>> (32 - by))
}

/** Step χ. */
function mixRows(from: Uint32Array, to: Uint32Array): void {
  for (let i = 0; i < 50; i++) {
    const row = i - (i % 10)
    const next = row + ((i - row + 2) % 10)
    const afterNext = row + ((i - row + 4) % 10)
    to[i] = at(from, i) ^ (~at(from, next) & at(from, afterNext))
  }
}

function moves(): { readonly to: Uint8Array; readonly bits: Uint8Array } {
  const to = new Uint8Array(25)
  const bits = new Uint8Array(25)
  let [x, y] = [1, 0]
  for (let t = 0; t < 24; t++) {
    to[x + 5 * y] = y + 5 * ((2 * x + 3 * y) % 5)
    bits[x + 5 * y] = (((t + 1) * (t + 2)) / 2) % 64
    ;[x, y] = [y, (2 * x + 3 * y) % 5]
  }
  return { to, bits }
}

/** The bits 2^j - 1 of each constant come from a shift register with the polynomial x^8 + x^6 + x^5 + x^4 + 1. */
function roundConstants(): (readonly [number, number])[] {
  let register = 1
  return Array.from({ length: 24 }, () => {
    let [low, high] = [0, 0]
    for (let j = 0; j < 7; j++) {
      const bit = 2 ** j - 1
      if ((register & 1) !== 0 && bit < 32) low ^= 1 << bit
      if ((register & 1) !== 0 && bit >= 32) high ^= 1 << (bit - 32)
      register = (register << 1) ^ ((register >> 7) * 0x171)
    }
    return [low, high]
  })
}

function at(words: Uint32Array, i: number): number {
  return words[i] ?? 0
}
