import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, posix, relative, resolve, sep } from 'node:path'
import type { Descriptor } from '../errors/descriptor.ts'
import { GIT_ERRORS } from '../errors/git.ts'
import { type BaseTree, type ReadTreeOptions, readTree } from '../git/read-tree.ts'
import { loadOffers } from '../offers/load-offers.ts'
import { formatProblem, hasErrors, type Problem } from '../offers/problem.ts'
import { readWorkspace } from '../offers/read-workspace.ts'
import type { WorkspaceConfig } from '../offers/workspace-config.ts'
import { WORKSPACE_FILE } from '../offers/workspace-file.ts'
import type { Desired } from '../plan/desired.ts'
import type { Diagnostic } from '../plan/types.ts'
import { canonicalJson } from '../util/json.ts'
import { plural } from '../util/plural.ts'
import type { Context } from './context.ts'

/** What is to be compared with what. */
export type BaseRequest = {
  /** The workspace's folder, absolute. */
  readonly folder: string
  /** As given: `origin/main`, `origin/main...`. */
  readonly ref: string
  /** Only these files and folders, as given on the command line; none: what the workspace at the base names. */
  readonly paths?: readonly string[]
  /** Under which address the cluster reaches this host, where the base's workspace does not say it; asked at most once. */
  readonly hostAddress: () => Promise<string | undefined>
}

export type BaseInputs = {
  /** As given. */
  readonly ref: string
  /** Full hash. */
  readonly commit: string
  /** Path of the workspace in the repository, with `/`, without one at the end; empty at its root. */
  readonly prefix: string
  /** What the base's files say; absent where they have mistakes or there is no workspace: everything is new. */
  readonly loaded?: BaseFiles
  /** For the plan under review: why the base is not what one might think. */
  readonly diagnostics: readonly Diagnostic[]
}

export type BaseFiles = {
  readonly workspace: WorkspaceConfig
  readonly desired: Desired
  /** Warnings, for the base's own plan. */
  readonly problems: readonly Problem[]
}

/**
 * The workspace and its offers as they were at a commit. Mistakes there are a warning; rejects with an error of
 * `GIT_ERRORS` when the commit cannot be had. SIDE EFFECTS: child processes that read; a temporary folder, which is gone
 * when this returns.
 */
export async function baseInputs(
  context: Pick<Context, 'env' | 'cwd' | 'signal'>,
  request: BaseRequest,
): Promise<BaseInputs> {
  const { folder, ref } = request
  const from = { folder, env: context.env, signal: context.signal }
  return withTree({ ...from, ref, paths: [WORKSPACE_FILE] }, async (tree) => {
    const { commit, prefix } = tree
    const about = { ref, commit, prefix }
    const found = await readWorkspace(tree.folder)
    if (found.result === 'missing') {
      const { code, title } = GIT_ERRORS.BASE_ABSENT
      const message = tree.skipped.length > 0 ? skippedText(tree) : title
      return { ...about, diagnostics: [{ severity: 'info', code, message }] }
    }
    if (found.result === 'invalid') return { ...about, diagnostics: [unreadable(found.problems)] }
    const { workspace } = found
    const sources = sourcesOf(context, request, { workspace, prefix })
    const paths = sources.filter((path) => !isAbsolute(path))
    // By its hash: a branch may move meanwhile.
    return withTree({ ...from, ref: commit, paths, wanted: isOfferFile }, async (offers) => {
      const loaded = await loadFrom(offers, { ...request, workspace, sources })
      const missing = offers.skipped.length === 0 ? [] : [warning(GIT_ERRORS.BASE_INCOMPLETE, skippedText(offers))]
      if (hasErrors(loaded.problems)) return { ...about, diagnostics: [...missing, unreadable(loaded.problems)] }
      return { ...about, loaded: { workspace, ...loaded }, diagnostics: missing }
    })
  })
}

/**
 * True when two versions want the same identities, on the same chains, in the same way: then what is to be done on chains
 * is planned once for both. What is not compared plays no part in a transaction.
 */
export function registersAlike(
  a: Pick<BaseFiles, 'workspace' | 'desired'>,
  b: Pick<BaseFiles, 'workspace' | 'desired'>,
): boolean {
  return canonicalJson(registering(a)) === canonicalJson(registering(b))
}

function registering({ workspace, desired }: Pick<BaseFiles, 'workspace' | 'desired'>) {
  const { id, baseUrl, signer, wallets, chains, idempotencyKey } = workspace
  const identities = desired.identities.map(({ network, registry, confirmations, offers, metadata, wallet }) => {
    return { network, registry, confirmations, offers, metadata, wallet: wallet ?? '' }
  })
  const signing = JSON.stringify([signer ?? null, wallets, [...chains]])
  return { id, baseUrl: baseUrl ?? '', idempotencyKey, signing, identities }
}

async function withTree<T>(options: ReadTreeOptions, use: (tree: BaseTree) => Promise<T>): Promise<T> {
  const tree = await readTree(options)
  try {
    return await use(tree)
  } finally {
    await tree.dispose()
  }
}

/**
 * Files and folders of offers: relative to the workspace, or absolute where they are not in the repository, and so the
 * same for both versions. A path on the command line is relative to where the command runs; standard input has no versions.
 */
function sourcesOf(
  { cwd }: Pick<Context, 'cwd'>,
  { folder, paths = [] }: BaseRequest,
  { workspace, prefix }: { readonly workspace: WorkspaceConfig; readonly prefix: string },
): readonly string[] {
  const real = realpathSync(folder)
  const given = paths.filter((path) => path !== '-').map((path) => resolve(cwd, path))
  const named = paths.length === 0 ? workspace.offers.map((path) => resolve(real, path)) : given
  return named.map((path) => {
    const here = relative(real, physical(path)).split(sep).join('/')
    return leaves(prefix, here) ? path : here
  })
}

function leaves(prefix: string, path: string): boolean {
  const joined = posix.join(prefix, path)
  return joined === '..' || joined.startsWith('../')
}

/** git knows folders by their real names; the last part may be a link that is under version control itself. */
function physical(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path))
  } catch {
    return path
  }
}

function isOfferFile(path: string): boolean {
  return /\.(ya?ml|json)$/i.test(path)
}

type Loading = Pick<BaseRequest, 'hostAddress'> & {
  readonly workspace: WorkspaceConfig
  readonly sources: readonly string[]
}

/** A folder that the base does not have is empty there: git keeps no empty folders. */
async function loadFrom(
  { folder }: BaseTree,
  { workspace, sources, hostAddress }: Loading,
): Promise<Pick<BaseFiles, 'desired' | 'problems'>> {
  const there = sources.filter((path) => existsSync(resolve(folder, path)))
  const { desired, problems } = await loadOffers(there, {
    base: folder,
    workspaceId: workspace.id,
    confirmations: workspace.chains,
    hostAddress: async () => workspace.hostAddress ?? (await hostAddress()),
  })
  return { desired, problems }
}

const MAX_NAMED = 3

function unreadable(problems: readonly Problem[]): Diagnostic {
  const mistakes = problems.filter(({ severity }) => severity === 'error')
  const named = mistakes.slice(0, MAX_NAMED).map(formatProblem)
  const rest = mistakes.length - named.length
  const more = rest > 0 ? [`and ${plural(rest, 'more mistake')}`] : []
  return warning(
    GIT_ERRORS.BASE_UNREADABLE,
    `the base cannot be read: ${[...named, ...more].join('; ')}; everything is shown as new`,
  )
}

function skippedText({ skipped }: BaseTree): string {
  const named = skipped.slice(0, MAX_NAMED).map(({ path, reason }) => `${path}: ${reason}`)
  const rest = skipped.length - named.length
  return `left out of the base: ${[...named, ...(rest > 0 ? [`and ${plural(rest, 'more')}`] : [])].join('; ')}`
}

function warning({ code }: Descriptor, message: string): Diagnostic {
  return { severity: 'warning', code, message }
}
