import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { STACK_NAMESPACE, sandboxCrds } from '../../src/cli/sandbox-crds.ts'
import { startChain } from '../../src/sandbox/chain/start-chain.ts'
import { startSandbox } from '../../src/sandbox/start-sandbox.ts'
import { apiRequest } from '../control-plane/api-request.ts'
import { BASE_FILES, FOREIGN_FIELDS, type PullRequestCase } from './cases.ts'
import { git } from './git.ts'

/** A repository of offers, the cluster they are applied to, and a chain that says it is base-sepolia. */
export type DemoRepository = {
  /** Folder of the repository that pull requests are made to. */
  readonly origin: string
  readonly kubeconfig: string
  /** Variables by which commands reach the chain. */
  readonly env: Readonly<Record<string, string>>
  /** Makes a pull request. SIDE EFFECTS: writes the repository. */
  propose(pull: PullRequestCase): Proposal
  stop(): Promise<void>
}

/** A pull request: full hashes, as its event says, and the ref of its head merged into the target. */
export type Proposal = { readonly head: string; readonly base: string; readonly ref: string }

const BASE_SEPOLIA = 84_532
/** When the cluster was last written. */
const LONG_AGO = new Date('2026-11-20T09:00:00Z')

/**
 * Starts it. SIDE EFFECTS: writes below `folder`; a server and a chain on loopback until `stop`.
 * @param apply runs `obol apply --yes` in a folder with these variables
 */
export async function openDemoRepository(
  folder: string,
  apply: (folder: string, env: Readonly<Record<string, string>>) => Promise<void>,
): Promise<DemoRepository> {
  const objects = [...(await sandboxCrds()), STACK_NAMESPACE]
  const sandbox = await startSandbox({ objects, now: () => LONG_AGO })
  const chain = await startChain({ chainId: BASE_SEPOLIA })
  const stop = async (): Promise<void> => {
    await Promise.all([sandbox.stop(), chain.stop()])
  }
  try {
    const origin = join(folder, 'origin')
    const env = { OBOL_RPC_BASE_SEPOLIA: chain.rpcUrl }
    writeFiles(origin, BASE_FILES)
    git(origin, 'init', '--quiet')
    git(origin, 'add', '--all')
    git(origin, 'commit', '--quiet', '-m', 'Open the shop')
    const kubeconfig = join(folder, 'kubeconfig')
    writeFileSync(kubeconfig, sandbox.kubeconfigYaml, { mode: 0o600 })
    await apply(origin, { ...env, KUBECONFIG: kubeconfig })
    for (const { offer, manager, spec } of FOREIGN_FIELDS) {
      const answer = await apiRequest({
        ...{ url: sandbox.url, ca: sandbox.caPem, token: sandbox.token, method: 'PATCH' },
        path: `/apis/obol.org/v1alpha1/namespaces/default/serviceoffers/${offer}?fieldManager=${manager}`,
        body: { apiVersion: 'obol.org/v1alpha1', kind: 'ServiceOffer', metadata: { name: offer }, spec },
        contentType: 'application/apply-patch+yaml',
      })
      if (answer.status !== 200) throw new Error(`${manager} got ${answer.status}: ${answer.text}`)
    }
    return { origin, kubeconfig: sandbox.kubeconfigYaml, env, propose: (pull) => propose(origin, pull), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** As GitHub does: the head stands merged into the target branch on a ref of its own. */
function propose(origin: string, { name, title, files }: PullRequestCase): Proposal {
  const base = git(origin, 'rev-parse', 'main')
  git(origin, 'switch', '--quiet', '-c', name, 'main')
  writeFiles(origin, files)
  git(origin, 'add', '--all')
  git(origin, 'commit', '--quiet', '-m', title)
  const head = git(origin, 'rev-parse', 'HEAD')
  git(origin, 'switch', '--quiet', '--detach', 'main')
  git(origin, 'merge', '--quiet', '--no-ff', '-m', `Merge ${head} into ${base}`, name)
  const ref = `refs/pull/${name}/merge`
  git(origin, 'update-ref', ref, 'HEAD')
  git(origin, 'switch', '--quiet', 'main')
  return { head, base, ref }
}

/**
 * Checks out a branch or ref as `actions/checkout` does: `depth` commits of its history, 0 for all. SIDE EFFECTS: writes the
 * folder, which may be there and empty.
 */
export function checkOut(origin: string, ref: string, folder: string, depth: number): void {
  mkdirSync(folder, { recursive: true })
  git(folder, 'init', '--quiet')
  git(folder, 'remote', 'add', 'origin', `file://${origin}`)
  const some = depth === 0 ? [] : [`--depth=${depth}`]
  git(folder, 'fetch', '--quiet', '--no-tags', ...some, 'origin', ref)
  git(folder, 'checkout', '--quiet', '--detach', 'FETCH_HEAD')
}

/** SIDE EFFECTS: writes and removes files. */
function writeFiles(folder: string, files: Readonly<Record<string, string | undefined>>): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path)
    if (text === undefined) {
      rmSync(file)
      continue
    }
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}
