import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readSources } from '../offers/read-sources.ts'
import type { SourceFile } from '../offers/source.ts'
import type { WorkspaceConfig } from '../offers/workspace-config.ts'
import { WORKSPACE_FILE } from '../offers/workspace-file.ts'
import type { Desired } from '../plan/desired.ts'
import { maskObject } from '../plan/mask-object.ts'
import type { Staleness } from '../saved/compare-saved.ts'
import { keyedDigest, plainDigest, type SecretKey } from '../saved/digest.ts'
import { asJson } from '../saved/save-plan.ts'
import type { SavedInput, SavedPlan } from '../saved/types.ts'
import { canonicalJson, jsonEquals } from '../util/json.ts'
import { maskText } from '../util/mask.ts'
import { POLICY_FOLDER } from './policy-folder.ts'

/**
 * The files a plan of these paths (of the workspace, if there are none) is made from, policies included; `obol.yaml` is
 * not among them. SIDE EFFECTS: reads them.
 */
export async function inputFiles(
  folder: string,
  workspace: WorkspaceConfig,
  paths: readonly string[],
): Promise<readonly SourceFile[]> {
  const policies = existsSync(join(folder, POLICY_FOLDER)) ? [POLICY_FOLDER] : []
  const { files } = await readSources([...(paths.length === 0 ? workspace.offers : paths), ...policies], {
    base: folder,
  })
  return files
}

/** Files that hold a secret: no plain digest of them may leave the machine. */
export function secretFiles(files: readonly SourceFile[], desired: Desired): ReadonlySet<string> {
  const objects = desired.objects.filter(({ manifest }) => !jsonEquals(maskObject(manifest), manifest))
  const texts = files.filter(({ text }) => maskText(text) !== text)
  return new Set([...objects.map(({ origin }) => origin.file), ...texts.map(({ path }) => path)])
}

/** The digest of each input; files in `secret` get a keyed one. */
export function digestInputs(
  workspace: WorkspaceConfig,
  files: readonly SourceFile[],
  secret: ReadonlySet<string>,
  key: SecretKey,
): readonly SavedInput[] {
  return [
    { path: WORKSPACE_FILE, digest: workspaceDigest(workspace) },
    ...files.map((file) => ({ path: file.path, digest: fileDigest(file, secret.has(file.path), key) })),
  ]
}

function fileDigest({ path, text }: SourceFile, isSecret: boolean, key: SecretKey): string {
  return isSecret ? keyedDigest(text, path, key) : plainDigest(text)
}

/** What the workspace file says, without addresses that may hold a key: what is read through them is bound by itself. */
function workspaceDigest({ chains, signer, wallets, ...rest }: WorkspaceConfig): string {
  const bare = [...chains].map(([name, { rpc: _, ...chain }]) => ({ name, ...chain }))
  const holders = [signer, ...wallets].map((holder) => ({
    ...holder,
    remote: holder?.remote === undefined ? null : 'remote',
  }))
  const maxFee = rest.maxFee?.toString() ?? null
  return plainDigest(canonicalJson(asJson({ ...rest, maxFee, chains: bare, holders })))
}

/** What has changed in the files since the plan was saved. Pure. */
export function compareInputs(
  { inputs }: SavedPlan,
  workspace: WorkspaceConfig,
  files: readonly SourceFile[],
  key: SecretKey,
): readonly Staleness[] {
  const secret = new Set(inputs.filter(isKeyed).map(({ path }) => path))
  const now = new Map(digestInputs(workspace, files, secret, key).map(({ path, digest }) => [path, digest]))
  const known = new Set(inputs.map(({ path }) => path))
  return [
    ...inputs.flatMap(({ path, digest }): readonly Staleness[] => {
      const found = now.get(path)
      if (found === digest) return []
      return [{ type: found === undefined ? 'input-removed' : 'input-changed', file: path }]
    }),
    ...[...now.keys()].filter((path) => !known.has(path)).map((file) => ({ type: 'input-added' as const, file })),
  ]
}

/** True for a digest that only the key can check. */
export function isKeyed({ digest }: SavedInput): boolean {
  return digest.startsWith('hmac-')
}
