import type { Origin } from '../plan/desired.ts'
import type { JsonObject } from '../util/json.ts'

/** A file as it was read; `path` is shown to the user, relative to the base folder, with `/`. */
export type SourceFile = { readonly path: string; readonly text: string }

/** Steps from the root of a value: keys of mappings, indexes of lists. */
export type Path = readonly (string | number)[]

/** One JSON object out of a file: a YAML document, or an item of a `kind: List`. */
export type SourceDocument = {
  readonly file: SourceFile
  /** Which YAML document of the file, from 0. */
  readonly index: number
  /** Where the object is in that document: empty, or `['items', 3]`. */
  readonly prefix: Path
  readonly origin: Origin
  readonly value: JsonObject
}
