import { createHash, createHmac } from 'node:crypto'
import { canonicalJson, type JsonValue } from '../util/json.ts'

/** A key that is not in any file which leaves the machine. */
export type SecretKey = { readonly id: string; readonly bytes: Uint8Array }

/** A key with the short name by which a file says which one it was. */
export function secretKey(bytes: Uint8Array): SecretKey {
  return { id: createHmac('sha256', bytes).update('obol key id').digest('hex').slice(0, 8), bytes }
}

/** `sha256:` + hex of a text without secrets. */
export function plainDigest(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}

/** `hmac-sha256:` + hex: the only digest a text with a secret may have. `use` keeps equal texts in other places apart. */
export function keyedDigest(text: string, use: string, { bytes }: SecretKey): string {
  return `hmac-sha256:${createHmac('sha256', bytes).update(use).update('\0').update(text).digest('hex')}`
}

/** The id of a saved plan: over the canonical JSON of all of it but the id. */
export function planId({ id: _, ...rest }: Readonly<Record<string, JsonValue>>): string {
  return plainDigest(canonicalJson(rest))
}
