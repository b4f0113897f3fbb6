import type { JsonObject } from '../util/json.ts'
import type { Schema, TypeRef } from './schema.ts'

/** The API server's field manager that writes for us. */
export const FIELD_MANAGER = 'obol'

/** How an object of one kind is merged, defaulted and pruned. Built by `objectTypesFromOpenApi` or `objectTypeFromCrd`. */
export type ObjectType = {
  readonly apiVersion: string
  readonly kind: string
  readonly schema: Schema
  readonly root: TypeRef
  /** Set for custom resources: the structural schema (OpenAPI v3 as in the CRD), which gives defaults and pruning. */
  readonly structural?: JsonObject
  /** Status has an endpoint of its own: a write of the object itself neither changes nor owns it. */
  readonly statusSubresource?: boolean
}

/** One owner's claims, as an entry of `metadata.managedFields` says them. */
export type ApplyConflict = {
  /** `name/Apply` or `name/Update`. */
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly name: string
  readonly apiVersion: string
  readonly subresource?: string
  /** RFC 3339, when the entry carries one. */
  readonly time?: string
  /** The same path, element by element, in FieldsV1 notation. */
  readonly elements: readonly string[]
  /** The path as the API server writes it: `.spec.payment.price.perMTok`, `.spec.ports[name="http"].port`. */
  readonly path: string
}

export type ApplyRequest = {
  /** The stored object with managedFields, or undefined when the apply creates it. */
  readonly live: JsonObject | undefined
  /** The applied configuration; must not carry metadata.managedFields. */
  readonly patch: JsonObject
  readonly manager: string
  readonly force: boolean
  readonly type: ObjectType
  /** RFC 3339, whole seconds, `Z`: the time a changed managedFields entry gets. */
  readonly now: string
}

/** What the server would store. `object` carries the new managedFields. `changed: false`: the server would not bump the resourceVersion. */
export type ApplyOutcome =
  | { readonly result: 'applied'; readonly object: JsonObject; readonly changed: boolean }
  | { readonly result: 'conflict'; readonly conflicts: readonly ApplyConflict[] }
  | { readonly result: 'invalid'; readonly errors: readonly TypedError[] }

/** A value that does not fit its schema: a path in the server's notation and the server's own words. */
export type TypedError = { readonly path: string; readonly message: string }

/** A create, update or non-apply patch by somebody: who owns what afterwards. */
export type UpdateRequest = {
  readonly live: JsonObject | undefined
  /** The object after the write, before managedFields are brought up to date. */
  readonly object: JsonObject
  readonly manager: string
  readonly subresource?: string
  readonly type: ObjectType
  readonly now: string
}
