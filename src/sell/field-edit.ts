import type { Path } from '../offers/source.ts'
import type { JsonValue } from '../util/json.ts'

/** A field of an offer's file, and what it is to be; without a value it goes. */
export type FieldEdit = { readonly path: Path; readonly value?: JsonValue }
