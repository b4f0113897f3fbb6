/**
 * The part of DER (ITU-T X.690) that an X.509 certificate needs: each function returns a whole tag-length-value.
 */
export function sequence(...items: readonly Uint8Array[]): Buffer {
  return tagged(0x30, Buffer.concat(items))
}

export function setOfOne(item: Uint8Array): Buffer {
  return tagged(0x31, item)
}

/** A non-negative integer, big endian; a leading zero is added where the sign bit would be set. */
export function integer(bytes: Uint8Array): Buffer {
  const trimmed = bytes.subarray(bytes.findIndex((byte, i) => byte !== 0 || i === bytes.length - 1))
  const first = trimmed[0] ?? 0
  return tagged(0x02, first >= 0x80 ? Buffer.concat([Buffer.of(0), trimmed]) : trimmed)
}

export function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.of(value ? 0xff : 0))
}

export function octetString(bytes: Uint8Array): Buffer {
  return tagged(0x04, bytes)
}

/** A bit string; `unused` counts the bits of the last byte that do not belong to it. */
export function bitString(bytes: Uint8Array, unused = 0): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.of(unused), bytes]))
}

export function utf8String(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text, 'utf8'))
}

/** UTCTime, `YYMMDDhhmmssZ`; valid for the years 1950 to 2049 (RFC 5280 §4.1.2.5.1). */
export function utcTime(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]/g, '').slice(2, 14)
  return tagged(0x17, Buffer.from(`${digits}Z`, 'ascii'))
}

/** `1.2.840.10045.4.3.2` */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/** A context-specific tag: constructed around a value (`[0] EXPLICIT`), or primitive (`[2] IMPLICIT`). */
export function contextTag(tag: number, content: Uint8Array, constructed: boolean): Buffer {
  return tagged((constructed ? 0xa0 : 0x80) | tag, content)
}

function tagged(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(tag), length(content.length), content])
}

function length(size: number): Buffer {
  if (size < 0x80) return Buffer.of(size)
  const bytes: number[] = []
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Buffer.of(0x80 | bytes.length, ...bytes)
}

function base128(value: number): number[] {
  const bytes = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 | (rest % 128))
  return bytes
}
