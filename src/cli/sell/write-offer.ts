import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { APPLY_ERRORS } from '../../errors/apply.ts'
import { ObolError } from '../../errors/obol-error.ts'
import { OFFER_ERRORS } from '../../errors/offers.ts'
import { SELL_ERRORS } from '../../errors/sell.ts'
import { USAGE_ERRORS } from '../../errors/usage.ts'
import { loadTexts } from '../../offers/load-offers.ts'
import { documentKind } from '../../offers/offer-shape.ts'
import { parseSources } from '../../offers/parse-sources.ts'
import { formatProblem } from '../../offers/problem.ts'
import { readSources } from '../../offers/read-sources.ts'
import type { SourceDocument, SourceFile } from '../../offers/source.ts'
import type { WorkspaceConfig } from '../../offers/workspace-config.ts'
import { editFile } from '../../sell/edit-file.ts'
import type { FieldEdit } from '../../sell/field-edit.ts'
import { type JsonObject, jsonAt } from '../../util/json.ts'
import { nearest } from '../../util/nearest.ts'
import { plural } from '../../util/plural.ts'
import type { Context } from '../context.ts'
import { displayPath } from '../display-path.ts'
import { findWorkspace } from '../load-inputs.ts'
import { workspaceFolder } from '../workspace-folder.ts'
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
  const target = join(shelf.folder, file.path)
  const before = shelf.files.find(({ path }) => path === file.path)
  await writeWhole(target, file.text)
  context.stderr.write(`${before === undefined ? 'wrote' : 'edited'} ${displayPath(target, context)}\n`)
  const { apply } = await import('../commands/apply.ts')
  const { print: _, ...applyFlags } = flags
  try {
    await apply.call(context, applyFlags, target)
  } catch (error) {
    if (!(error instanceof ObolError) || error.code !== APPLY_ERRORS.UNCONFIRMED.code) {
      context.stderr.write(`${displayPath(target, context)} stays as it is now: obol apply goes on from there\n`)
      throw error
    }
    if (before === undefined) await rm(target, { force: true })
    else await writeWhole(target, before.text)
    const outcome = before === undefined ? 'is removed again' : 'is as it was before'
    context.stderr.write(`${displayPath(target, context)} ${outcome}\n`)
    throw new ObolError(APPLY_ERRORS.UNCONFIRMED, { message: error.message, hint: 'the same command with --yes' })
  }
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

async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(draft, text, { flag: 'wx' })
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new ObolError(USAGE_ERRORS.NOT_WRITABLE, {
      message: `the file could not be written (${reason})`,
      where: { file },
    })
  }
}
