import { createLocator } from '../offers/locate.ts'
import { parseSources } from '../offers/parse-sources.ts'
import type { SourceDocument, SourceFile } from '../offers/source.ts'
import type { DesiredObject, Origin } from '../plan/desired.ts'
import { parsePath } from '../plan/parse-path.ts'
import type { ObjectStep } from '../plan/types.ts'
import { elementKey, type Path } from '../ssa/path-element.ts'
import { isJsonArray, isJsonObject, type JsonValue, jsonEquals } from '../util/json.ts'

/**
 * Finds where the file of an offer or manifest says a field: the deepest part of the path that is there. Undefined for
 * what is compiled from an offer and not written in it, such as its Service.
 */
export function fieldLocator(files: readonly SourceFile[]): (object: DesiredObject, path: Path) => Origin | undefined {
  const locate = createLocator()
  const documentAt = documentFinder(files)
  return (object, path) => {
    if (object.offer !== undefined && (object.ref.kind !== 'ServiceOffer' || path[0] !== 'f:spec')) return undefined
    const document = documentAt(object.origin)
    return document === undefined ? undefined : locate(document, stepsOf(path), 'key')
  }
}

/** Up to the first item that goes by its key: its index in the file is not known. */
function stepsOf(path: Path): readonly (string | number)[] {
  const steps: (string | number)[] = []
  for (const element of path) {
    if (element.startsWith('f:')) steps.push(element.slice(2))
    else if (element.startsWith('i:')) steps.push(Number(element.slice(2)))
    else break
  }
  return steps
}

/**
 * Finds where a file says a field that a step changes, for `describePlan`; undefined where no file says it, as for
 * defaults, what is removed, and what is compiled from other fields. A token stands for the asset that it becomes. A file
 * is parsed when it is first asked about, so that a plan without changes costs nothing.
 */
export function changeLocator(
  files: readonly SourceFile[],
): (step: Pick<ObjectStep, 'ref' | 'offer' | 'origin'>, path: string) => Origin | undefined {
  const locate = createLocator()
  const documentAt = documentFinder(files)
  return ({ ref, offer, origin }, shown) => {
    const path = parsePath(shown)
    if (origin === undefined || path === undefined || !isWritten(ref.kind, offer, path)) return undefined
    const document = documentAt(origin)
    if (document === undefined) return undefined
    const steps = writtenSteps(document.value, path) ?? tokenSteps(document.value, path)
    return steps === undefined ? undefined : locate(document, steps, 'key')
  }
}

/** An offer says the spec of its ServiceOffer, and labels and annotations. */
function isWritten(kind: string, offer: string | undefined, [first, second]: Path): boolean {
  if (offer === undefined) return true
  if (first === 'f:spec') return kind === 'ServiceOffer'
  return first === 'f:metadata' && (second === 'f:labels' || second === 'f:annotations')
}

type Steps = readonly (string | number)[]

/** The path as keys and indexes of a value; undefined when it is not there. */
function writtenSteps(value: JsonValue, path: Path): Steps | undefined {
  const steps: (string | number)[] = []
  let at: JsonValue = value
  for (const element of path) {
    const step = isJsonArray(at) ? indexOf(at, element) : element.startsWith('f:') ? element.slice(2) : undefined
    const next = step === undefined ? undefined : childAt(at, step)
    if (step === undefined || next === undefined) return undefined
    steps.push(step)
    at = next
  }
  return steps
}

function childAt(value: JsonValue, step: string | number): JsonValue | undefined {
  if (isJsonArray(value)) return typeof step === 'number' ? value[step] : undefined
  return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined
}

/** An item by its index, its value or its key. A part of the key that the file leaves to a default fits any. */
function indexOf(items: readonly JsonValue[], element: string): number | undefined {
  if (element.startsWith('i:')) return Number(element.slice(2))
  const key = elementKey(element)
  const fits = (item: JsonValue): boolean => {
    if (key === undefined) return `v:${JSON.stringify(item)}` === element
    if (!isJsonObject(item)) return false
    const said = Object.entries(key).filter(([name]) => Object.hasOwn(item, name))
    return said.length > 0 && said.every(([name, part]) => jsonEquals(item[name], part))
  }
  const found = items.findIndex(fits)
  return found < 0 || items.findLastIndex(fits) !== found ? undefined : found
}

/** `spec.payment.asset.symbol` is said by `spec.payment.token`. */
function tokenSteps(value: JsonValue, path: Path): Steps | undefined {
  const at = path.indexOf('f:asset')
  return at < 0 ? undefined : writtenSteps(value, [...path.slice(0, at), 'f:token'])
}

/** Each file is parsed at most once, and only when it is asked about. */
function documentFinder(files: readonly SourceFile[]): (origin: Origin) => SourceDocument | undefined {
  let byPath: ReadonlyMap<string, SourceFile> | undefined
  const parsed = new Map<string, ReadonlyMap<string, SourceDocument>>()
  return ({ file, line, column }) => {
    byPath ??= new Map(files.map((source) => [source.path, source]))
    const source = byPath.get(file)
    const documents = parsed.get(file) ?? (source === undefined ? new Map() : documentsOf(source))
    parsed.set(file, documents)
    return documents.get(`${line}:${column}`)
  }
}

function documentsOf(file: SourceFile): ReadonlyMap<string, SourceDocument> {
  const { documents } = parseSources([file])
  return new Map(documents.map((document) => [`${document.origin.line}:${document.origin.column}`, document]))
}
