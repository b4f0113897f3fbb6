import { createLocator } from '../offers/locate.ts'
import { parseSources } from '../offers/parse-sources.ts'
import type { SourceFile } from '../offers/source.ts'
import type { DesiredObject, Origin } from '../plan/desired.ts'
import type { Path } from '../ssa/path-element.ts'

/**
 * Finds where the file of an offer or manifest says a field: the deepest part of the path that is there. Undefined for
 * what is compiled from an offer and not written in it, such as its Service.
 */
export function fieldLocator(files: readonly SourceFile[]): (object: DesiredObject, path: Path) => Origin | undefined {
  const locate = createLocator()
  const { documents } = parseSources(files)
  return (object, path) => {
    if (object.offer !== undefined && (object.ref.kind !== 'ServiceOffer' || path[0] !== 'f:spec')) return undefined
    const { file, line, column } = object.origin
    const document = documents.find(({ origin }) => {
      return origin.file === file && origin.line === line && origin.column === column
    })
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
