import { ObolError } from '../errors/obol-error.ts'
import { SELL_ERRORS } from '../errors/sell.ts'
import { parseSources } from '../offers/parse-sources.ts'
import type { SourceDocument } from '../offers/source.ts'

/** Between documents; what stands before the first one belongs to it. */
const SEPARATOR = /^---(?=\s|$).*\n?/gm

/**
 * The text of a file without one of its documents; undefined when nothing is left. Throws OBOL-L008 for an item of a List, and
 * where the file cannot be cut safely. Pure.
 */
export function withoutDocument(document: SourceDocument): string | undefined {
  const { file, prefix } = document
  const all = parseSources([file]).documents
  if (prefix.length > 0) throw unsafe(document, 'it is an item of a List')
  if (all.length === 1) return undefined
  const parts = partsOf(file.text).map((text) => ({
    text,
    count: parseSources([{ path: file.path, text }]).documents.length,
  }))
  const full = parts.filter(({ count }) => count > 0)
  const doomed = full[all.findIndex(({ index }) => index === document.index)]
  // Each part has one document, or none where it is only comments; else somebody writes YAML in a way of their own.
  if (full.length !== all.length || doomed === undefined) throw unsafe(document, 'its file is not plain')
  const rest = parts.filter((part) => part !== doomed).map(({ text }) => text)
  return rest.join('').replace(/^---[ \t]*\n/, '')
}

/** The text cut before each separator. */
function partsOf(text: string): readonly string[] {
  const starts = [0, ...[...text.matchAll(SEPARATOR)].map(({ index }) => index).filter((index) => index > 0)]
  return starts.map((start, i) => text.slice(start, starts[i + 1]))
}

function unsafe({ origin }: SourceDocument, reason: string): ObolError {
  return new ObolError(SELL_ERRORS.NOT_CUT, { details: [reason], where: { ...origin } })
}
