import type { Document, ErrorCode } from 'yaml'
import { Composer, isMap, isNode, isSeq, Parser } from 'yaml'
import { OFFER_ERRORS } from '../errors/offers.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import { formatPath } from './format-path.ts'
import { parsePlainYaml } from './parse-plain-yaml.ts'
import { positionAt } from './position.ts'
import type { Problem } from './problem.ts'
import type { Path, SourceDocument, SourceFile } from './source.ts'
import { yamlToJson } from './yaml-to-json.ts'

export type ParseResult = { readonly documents: readonly SourceDocument[]; readonly problems: readonly Problem[] }

/**
 * The documents of YAML 1.2 or JSON files, in order: several per file, empty ones left out, `kind: List` (and
 * `ServiceOfferList` …) flattened. A broken document is reported and left out; the others of its file are kept. Pure.
 * Texts of the parser's errors are not passed on, because they quote the file and the file may hold a Secret.
 */
export function parseSources(files: readonly SourceFile[]): ParseResult {
  const documents: SourceDocument[] = []
  const problems: Problem[] = []
  for (const file of files) if (!parsePlainFile(file, documents)) parseFile(file, documents, problems)
  return { documents, problems }
}

/** Composer options: duplicate keys are ours to find, because the parser compares every pair of keys. */
export const YAML_OPTIONS = { version: '1.2', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' } as const

/** After this many errors of one document the rest is most likely their consequence. */
const MAX_SYNTAX_ERRORS = 10

/** The usual file, without the parser; false, with nothing done, for any other. */
function parsePlainFile(file: SourceFile, documents: SourceDocument[]): boolean {
  const plain = parsePlainYaml(file.text)
  if (plain === undefined || plain.some(({ value }) => listItems(value) !== undefined)) return false
  for (const [index, { value, offset }] of plain.entries()) {
    const origin = { file: file.path, ...positionAt(file.text, offset) }
    documents.push({ file, index, prefix: [], origin, value })
  }
  return true
}

function parseFile(file: SourceFile, documents: SourceDocument[], problems: Problem[]): void {
  let index = 0
  for (const document of new Composer(YAML_OPTIONS).compose(new Parser().parse(file.text), false, file.text.length)) {
    const found = document.errors.length + document.warnings.length > 0 ? syntaxProblems(document, file) : undefined
    if (found === undefined) convertDocument(document, index, file, documents, problems)
    else problems.push(...found)
    index++
  }
}

function convertDocument(
  document: Document,
  index: number,
  file: SourceFile,
  documents: SourceDocument[],
  problems: Problem[],
): void {
  if (document.contents === null) return
  const converted = yamlToJson(document)
  for (const { descriptor, offset, path, message } of converted.problems) {
    const at = positionAt(file.text, offset)
    problems.push({ severity: 'error', code: descriptor.code, file: file.path, ...at, path, message })
  }
  if (converted.value === undefined || converted.value === null) return
  flatten({ value: converted.value, node: document.contents, index, prefix: [] }, file, documents, problems)
}

type Found = {
  readonly value: JsonValue
  readonly node: unknown
  readonly index: number
  readonly prefix: Path
}

function flatten(found: Found, file: SourceFile, documents: SourceDocument[], problems: Problem[]): void {
  const { value, node, index, prefix } = found
  const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
  const origin = { file: file.path, ...positionAt(file.text, offset) }
  if (!isJsonObject(value)) {
    const { code } = OFFER_ERRORS.NOT_AN_OBJECT
    const message = 'a document must be a mapping with apiVersion, kind and metadata'
    problems.push({ severity: 'error', code, ...origin, path: formatPath(prefix), message })
    return
  }
  const items = listItems(value)
  if (items === undefined) {
    documents.push({ file, index, prefix, origin, value })
    return
  }
  const itemsNode = isMap(node) ? node.get('items', true) : undefined
  for (const [i, item] of items.entries()) {
    const itemNode = isSeq(itemsNode) ? itemsNode.items[i] : node
    flatten({ value: item, node: itemNode, index, prefix: [...prefix, 'items', i] }, file, documents, problems)
  }
}

/** The items of a `List`, `ServiceOfferList` and so on; undefined for anything else. */
function listItems(value: JsonObject): readonly JsonValue[] | undefined {
  const { kind, items } = value
  return typeof kind === 'string' && kind.endsWith('List') && isJsonArray(items) ? items : undefined
}

function syntaxProblems(document: Document, file: SourceFile): readonly Problem[] {
  const { code } = OFFER_ERRORS.YAML_SYNTAX
  const problems = new Map<string, Problem>()
  for (const error of [...document.errors, ...document.warnings].slice(0, MAX_SYNTAX_ERRORS)) {
    const at = positionAt(file.text, error.pos[0])
    const message = SYNTAX_MESSAGES[error.code]
    problems.set(`${at.line}:${at.column}:${message}`, {
      severity: 'error',
      code,
      file: file.path,
      ...at,
      path: '',
      message,
    })
  }
  return [...problems.values()]
}

const SYNTAX_MESSAGES: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias takes neither anchor nor tag',
  BAD_ALIAS: 'this is not a valid alias; put a value that starts with * in quotes',
  BAD_DIRECTIVE: 'the % directive is not known',
  BAD_DQ_ESCAPE: 'the escape sequence in double quotes is not known; use single quotes or double the backslash',
  BAD_INDENT: 'the indentation does not fit the lines above',
  BAD_PROP_ORDER: 'anchors and tags must stand before the value',
  BAD_SCALAR_START: 'a value cannot start with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a mapping cannot start on the line of another key',
  BLOCK_IN_FLOW: 'a block mapping or list cannot stand inside brackets',
  DUPLICATE_KEY: 'the key is given twice in this mapping',
  IMPOSSIBLE: 'the YAML is broken here',
  KEY_OVER_1024_CHARS: 'a key must be shorter than 1024 characters',
  MISSING_CHAR: 'a character is missing here: a colon, comma, bracket, quote or blank',
  MULTILINE_IMPLICIT_KEY: 'a key must be on one line; is a colon missing?',
  MULTIPLE_ANCHORS: 'a value takes one anchor',
  MULTIPLE_DOCS: 'only one document is allowed',
  MULTIPLE_TAGS: 'a value takes one tag',
  NON_STRING_KEY: 'a key must be a string',
  RESOURCE_EXHAUSTION: 'the document is nested too deeply',
  TAB_AS_INDENT: 'a tab is used as indentation; use blanks',
  TAG_RESOLVE_FAILED: 'the tag is not known',
  UNEXPECTED_TOKEN: 'this was not expected here',
  BAD_COLLECTION_TYPE: 'the tag does not fit the value',
}
