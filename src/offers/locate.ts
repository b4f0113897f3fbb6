import type { Document } from 'yaml'
import { Composer, isMap, isNode, isScalar, isSeq, LineCounter, Parser } from 'yaml'
import type { Origin } from '../plan/desired.ts'
import { YAML_OPTIONS } from './parse-sources.ts'
import type { Path, SourceDocument, SourceFile } from './source.ts'

/** Finds a path of a document in its file; `part` says whether the key or the value is meant. */
export type Locate = (document: SourceDocument, path: Path, part: 'key' | 'value') => Origin

/**
 * A locator of problems. It parses a file again when it is first asked about it, so that files without problems cost
 * nothing, and remembers the last file only. What is not there is located at the key that should have held it.
 */
export function createLocator(): Locate {
  let last: Parsed | undefined
  return (document, path, part) => {
    if (last?.file !== document.file) last = parse(document.file)
    const contents = last.documents[document.index]?.contents
    const offset = offsetAt(contents, [...document.prefix, ...path], part)
    if (offset === undefined) return document.origin
    const { line, col } = last.lines.linePos(offset)
    return { file: document.file.path, line, column: col }
  }
}

type Parsed = { readonly file: SourceFile; readonly documents: readonly Document[]; readonly lines: LineCounter }

function parse(file: SourceFile): Parsed {
  const lines = new LineCounter()
  const tokens = new Parser(lines.addNewLine).parse(file.text)
  return { file, documents: [...new Composer(YAML_OPTIONS).compose(tokens, false, file.text.length)], lines }
}

type Step = { readonly key: unknown; readonly value: unknown }

/** The offset of the deepest part of the path that exists. */
function offsetAt(contents: unknown, path: Path, part: 'key' | 'value'): number | undefined {
  let at: Step = { key: contents, value: contents }
  for (const step of path) {
    const next = child(at.value, step)
    if (next === undefined) return startOf(at.key)
    at = next
  }
  return part === 'key' ? startOf(at.key) : (startOf(at.value) ?? startOf(at.key))
}

function child(node: unknown, step: string | number): Step | undefined {
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step]
    return item === undefined ? undefined : { key: item, value: item }
  }
  if (!isMap(node)) return undefined
  const pair = node.items.find(({ key }) => isScalar(key) && (key.value === step || key.source === step))
  return pair === undefined ? undefined : { key: pair.key, value: pair.value }
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}
