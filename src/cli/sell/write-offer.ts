import { existsSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { APPLY_ERRORS } from '../../errors/apply.ts'
import { ObolError } from '../../errors/obol-error.ts'
import { OFFER_ERRORS } from '../../errors/offers.ts'
import { SELL_ERRORS } from '../../errors/sell.ts'
import type { ObjectRef } from '../../kube/ref.ts'
import { loadTexts } from '../../offers/load-offers.ts'
import { documentKind } from '../../offers/offer-shape.ts'
import { parseSources } from '../../offers/parse-sources.ts'
import { formatProblem } from '../../offers/problem.ts'
import { readSources } from '../../offers/read-sources.ts'
import type { SourceDocument, SourceFile } from '../../offers/source.ts'
import type { WorkspaceConfig } from '../../offers/workspace-config.ts'
import { editFile } from '../../sell/edit-file.ts'
import type { FieldEdit } from '../../sell/field-edit.ts'
import { withoutDocument } from '../../sell/without-document.ts'
import { type JsonObject, jsonAt } from '../../util/json.ts'
import { nearest } from '../../util/nearest.ts'
import { plural } from '../../util/plural.ts'
import type { Context } from '../context.ts'
import { displayPath } from '../display-path.ts'
import { findWorkspace } from '../load-inputs.ts'
import { workspaceFolder } from '../workspace-folder.ts'
import { writeWhole } from '../write-whole.ts'
import type { WriteFlags } from './sell-flags.ts'

/** The workspace's offers as they are in its files. */
export type Shelf = {
  readonly folder: string
  readonly workspace: WorkspaceConfig
  readonly files: readonly SourceFile[]
  readonly documents: readonly SourceDocument[]
}

/** Reads them. Throws ObolError where there is no workspace, or a broken one. SIDE EFFECTS: reads files. */
export async function openShelf(context: Context, flags: WriteFlags): Promise<Shelf> {
  const folder = workspaceFolder(flags.workspace, context)
  const workspace = await findWorkspace(folder, context)
  const { files } = await readSources(workspace.offers, { base: folder })
  return { folder, workspace, files, documents: parseSources(files).documents }
}

/** What a command says that names an offer which no file has. */
export function noSuchOffer({ documents }: Shelf, name: string, namespace: string | undefined): ObolError {
  const place = namespace === undefined ? name : `${namespace}/${name}`
  const close = nearest(
    name,
    documents.flatMap(({ value }) => nameOf(value)),
  )
  return new ObolError(SELL_ERRORS.NO_OFFER, {
    message: `there is no offer ${place} in the files of the workspace`,
    ...(close === undefined ? {} : { hint: `did you mean ${close}?` }),
  })
}

function nameOf(value: JsonObject): readonly string[] {
  const name = documentKind(value) === 'offer' ? jsonAt(value, ['metadata', 'name']) : undefined
  return typeof name === 'string' ? [name] : []
}

/** The text of an offer's file, edited. */
export function editedFile(document: SourceDocument, edits: readonly FieldEdit[]): SourceFile {
  const { file, index, prefix } = document
  return { path: file.path, text: editFile(file.text, { index, prefix }, edits) }
}

/** A path for the file of a new offer, relative to the workspace. Throws OBOL-L006. SIDE EFFECTS: looks at folders. */
export async function newPath({ folder, workspace }: Shelf, name: string): Promise<string> {
  const folders: string[] = []
  for (const path of workspace.offers) {
    const found = await stat(join(folder, path)).catch(() => undefined)
    if (found === undefined ? !/\.(ya?ml|json)$/i.test(path) : found.isDirectory()) folders.push(path)
  }
  const path = `${(folders[0] ?? 'offers').replace(/\/+$/, '')}/${name}.yaml`
  if (!existsSync(join(folder, path))) return path
  throw new ObolError(SELL_ERRORS.FILE_TAKEN, { where: { file: path } })
}

/** The first line of a new file: editors check it by the workspace's own schema, where there is one. */
export function headerFor({ folder }: Shelf, path: string): string {
  const schema = join(folder, 'schemas', 'offer.schema.json')
  if (!existsSync(schema)) return ''
  const from = relative(dirname(join(folder, path)), schema).replaceAll('\\', '/')
  return `# yaml-language-server: $schema=${from}\n`
}

/**
 * Puts a file with an edited or new offer into its place, plans and applies it; with `--print` only prints it. Nothing is
 * written that has a mistake, and what was not agreed to is taken back. Throws the mistakes of that file, all at once.
 * SIDE EFFECTS: writes the file; those of `obol apply FILE`.
 */
export async function writeOffer(context: Context, shelf: Shelf, file: SourceFile, flags: WriteFlags): Promise<void> {
  check(shelf, file)
  if (flags.print === true) {
    context.stdout.write(file.text)
    return
  }
  await settle(context, shelf, file, { ...flags, paths: [join(shelf.folder, file.path)] })
}

/**
 * Takes an offer out of its file, or its file away, and deletes its objects, and nothing else, from the cluster. What was not
 * agreed to is put back. SIDE EFFECTS: writes or removes the file; those of `obol apply`.
 */
export async function deleteOffer(
  context: Context,
  shelf: Shelf,
  document: SourceDocument,
  flags: WriteFlags,
): Promise<void> {
  const text = withoutDocument(document)
  const deleteOnly = objectsOf(shelf, document)
  await settle(context, shelf, { path: document.file.path, text }, { ...flags, paths: [], deleteOnly })
}

/** What an offer is in the cluster. */
function objectsOf({ files, workspace }: Shelf, { origin }: SourceDocument): readonly ObjectRef[] {
  const { desired } = loadTexts(files, { workspaceId: workspace.id, hostAddress: ANY_ADDRESS })
  const own = desired.objects.filter(
    (object) => object.origin.file === origin.file && object.origin.line === origin.line,
  )
  return own.map(({ ref }) => ref)
}

/** Without a text the file goes. */
type Changed = { readonly path: string; readonly text: string | undefined }

type Settling = WriteFlags & { readonly paths: readonly string[]; readonly deleteOnly?: readonly ObjectRef[] }

/** Puts the file into its place and applies; whoever does not agree has it as it was. */
async function settle(context: Context, { folder, files }: Shelf, file: Changed, settling: Settling): Promise<void> {
  const { print: _, paths, ...flags } = settling
  const target = join(folder, file.path)
  const shown = displayPath(target, context)
  const before = files.find(({ path }) => path === file.path)?.text
  await put(target, file.text)
  const [verb, isGone] = [before === undefined ? 'wrote' : 'edited', file.text === undefined]
  context.stderr.write(`${isGone ? 'removed' : verb} ${shown}\n`)
  const { apply } = await import('../commands/apply.ts')
  try {
    await apply.call(context, flags, ...paths)
  } catch (error) {
    if (!(error instanceof ObolError) || error.code !== APPLY_ERRORS.UNCONFIRMED.code) {
      const goesOn = isGone ? 'obol apply --prune' : 'obol apply'
      context.stderr.write(`${shown} stays as it is now: ${goesOn} goes on from there\n`)
      throw error
    }
    await put(target, before)
    context.stderr.write(`${shown} is ${before === undefined ? 'removed again' : 'as it was before'}\n`)
    throw new ObolError(APPLY_ERRORS.UNCONFIRMED, { message: error.message, hint: 'the same command with --yes' })
  }
}

async function put(target: string, text: string | undefined): Promise<void> {
  if (text === undefined) await rm(target, { force: true })
  else await writeWhole(target, text, 'the file could not be written')
}

/** Mistakes of other files are theirs: what is written here is right, also beside them. */
function check({ files, workspace }: Shelf, file: SourceFile): void {
  const others = files.filter(({ path }) => path !== file.path)
  const { problems } = loadTexts([...others, file], { workspaceId: workspace.id, hostAddress: ANY_ADDRESS })
  const own = problems.filter((problem) => problem.file === file.path && problem.severity === 'error')
  if (own.length === 0) return
  const message = `the offer would have ${plural(own.length, 'mistake')}, so nothing is written`
  throw new ObolError(OFFER_ERRORS.OFFERS_INVALID, { message, details: own.map(formatProblem), places: own })
}

/** Under which address the cluster reaches this host plays no part in whether a file is right. */
const ANY_ADDRESS = '192.0.2.1'
