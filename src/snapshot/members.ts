import { gunzipSync, gzipSync } from 'node:zlib'
import { ObolError } from '../errors/obol-error.ts'
import { SNAPSHOT_ERRORS } from '../errors/snapshot.ts'
import { damaged } from './decode.ts'

/**
 * A gzip file of several members (RFC 1952 section 2.2): whoever unpacks it gets all their text, and who knows their lengths
 * only what is needed. The first one has its own length in an extra field of its header (section 2.3.1.1).
 */
export type Members = {
  /** The first member, packed. */
  readonly head: Buffer
  /** The next member, which has this many bytes. Throws TRUNCATED where they are not there. */
  take(bytes: number): () => string
  /** Throws DAMAGED unless everything was taken. */
  end(): void
}

const FIXED_BYTES = 10
const EXTRA_BYTES = 10
const HEADER_BYTES = FIXED_BYTES + EXTRA_BYTES
/** Flags, and the operating system, in the fixed part of the header. */
const [FLAGS_AT, SYSTEM_AT] = [3, 9]
const HAS_EXTRA = 4
const NO_SYSTEM = 255
/** "Ob" names our subfield. */
const SUBFIELD = [0x4f, 0x62] as const

/** Equal texts give equal bytes, on every system. Pure. */
export function packMembers(head: string, members: readonly Buffer[]): Buffer {
  const packed = packMember(head)
  const header = Buffer.alloc(HEADER_BYTES)
  packed.copy(header, 0, 0, FIXED_BYTES)
  header[FLAGS_AT] = HAS_EXTRA
  header.writeUInt16LE(EXTRA_BYTES - 2, FIXED_BYTES)
  header.set(SUBFIELD, FIXED_BYTES + 2)
  header.writeUInt16LE(4, FIXED_BYTES + 4)
  header.writeUInt32LE(packed.length + EXTRA_BYTES, FIXED_BYTES + 6)
  return Buffer.concat([header, packed.subarray(FIXED_BYTES), ...members])
}

/** A text, packed, with neither time nor system in its header. */
export function packMember(text: string): Buffer {
  const packed = gzipSync(text)
  packed[SYSTEM_AT] = NO_SYSTEM
  return packed
}

/** The members of a file of `packMembers`; each unpacks to at most `maxBytes`. Throws NOT_A_SNAPSHOT or TRUNCATED. */
export function membersOf(bytes: Uint8Array, maxBytes: number): Members {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (file[0] !== 0x1f || file[1] !== 0x8b) throw new ObolError(SNAPSHOT_ERRORS.NOT_A_SNAPSHOT)
  if (file.length >= FIXED_BYTES && file[FLAGS_AT] !== HAS_EXTRA) throw new ObolError(SNAPSHOT_ERRORS.NOT_A_SNAPSHOT)
  if (file.length < HEADER_BYTES) throw new ObolError(SNAPSHOT_ERRORS.TRUNCATED)
  if (SUBFIELD.some((byte, i) => file[FIXED_BYTES + 2 + i] !== byte))
    throw new ObolError(SNAPSHOT_ERRORS.NOT_A_SNAPSHOT)
  let next = 0
  const slice = (length: number): Buffer => {
    next += length
    if (next > file.length) throw new ObolError(SNAPSHOT_ERRORS.TRUNCATED)
    return file.subarray(next - length, next)
  }
  return {
    head: slice(file.readUInt32LE(FIXED_BYTES + 6)),
    take: (length) => {
      const packed = slice(length)
      return () => unpackMember(packed, maxBytes)
    },
    end: () => {
      if (next < file.length) throw damaged('objects', 'the end of the file')
    },
  }
}

function unpackMember(packed: Buffer, maxBytes: number): string {
  try {
    return gunzipSync(packed, { maxOutputLength: maxBytes }).toString('utf8')
  } catch (cause) {
    throw unpackingError(cause)
  }
}

/** Why a member could not be unpacked. */
export function unpackingError(cause: unknown): ObolError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  // A text may have fewer bytes than a buffer.
  const isLarge = code === 'ERR_BUFFER_TOO_LARGE' || code === 'ERR_STRING_TOO_LONG'
  if (isLarge) return new ObolError(SNAPSHOT_ERRORS.TOO_LARGE)
  if (code === 'Z_BUF_ERROR') return new ObolError(SNAPSHOT_ERRORS.TRUNCATED)
  return new ObolError(SNAPSHOT_ERRORS.DAMAGED, { details: ['the gzip stream is broken'] })
}
