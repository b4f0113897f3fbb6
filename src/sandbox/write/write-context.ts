import type { JsonObject } from '../../util/json.ts'
import type { Catalogue } from '../catalogue.ts'
import type { ServedResource } from '../served-resource.ts'
import type { Store } from '../store.ts'

/** What the write path needs of the world. */
export type WriteContext = {
  readonly store: Store
  readonly catalogue: Catalogue
  /** RFC 3339, whole seconds, `Z`. */
  readonly now: () => string
  /** A random UUID. */
  readonly uid: () => string
}

/** Which object a write is about. */
export type Target = {
  readonly resource: ServedResource
  /** Absent for cluster-scoped kinds. */
  readonly namespace: string | undefined
  readonly name: string
}

/** What a write left behind, and the warnings for the client. */
export type Written = {
  readonly object: JsonObject
  readonly created: boolean
  readonly warnings: readonly string[]
}
