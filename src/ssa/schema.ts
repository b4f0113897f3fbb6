import type { JsonValue } from '../util/json.ts'

/**
 * The schema model of structured-merge-diff (sigs.k8s.io/structured-merge-diff/v6, package schema): what the API
 * server's merge knows of a type. Built from an SMD schema YAML, an OpenAPI v3 document or a CRD.
 */
export type Scalar = 'string' | 'numeric' | 'boolean' | 'untyped'

/** A list: atomic (one value), or associative (a set when `keys` is empty, else keyed by those fields). */
export type ListType = {
  readonly elementType: TypeRef
  readonly elementRelationship: 'atomic' | 'associative' | 'unspecified'
  readonly keys: readonly string[]
}

/** A struct (declared `fields`), a map (`elementType`), or both. Atomic maps are one value. */
export type MapType = {
  readonly fields: ReadonlyMap<string, StructField>
  /** Type of the keys that are not declared; absent: an undeclared key is an error. */
  readonly elementType: TypeRef | undefined
  readonly elementRelationship: 'separable' | 'atomic'
}

export type StructField = { readonly type: TypeRef; readonly default: JsonValue | undefined }

/** What a value of the type may be; more than one member means "deduced from the value". */
export type Atom = {
  readonly scalar?: Scalar
  readonly list?: ListType
  readonly map?: MapType
}

/** A reference to a named type or an inlined one; `elementRelationship` overrides the relationship of what it refers to. */
export type TypeRef = {
  readonly named?: string
  readonly inlined?: Atom
  readonly elementRelationship?: 'separable' | 'atomic' | 'associative'
}

export type Schema = {
  readonly types: ReadonlyMap<string, Atom>
  /** The merge leaves `{}` or `[]` where all that a removal takes away is the content; see `server-version.ts`. */
  readonly keepsEmptied?: true
}
