import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { WORKSPACE_FILE } from '../offers/workspace-file.ts'
import type { Surroundings } from './context.ts'

/**
 * The workspace's folder, absolute: `--workspace`, else OBOL_WORKSPACE, else the nearest folder with an `obol.yaml` from
 * the current one upwards, else `~/.workspace`. It need not exist.
 * SIDE EFFECTS: looks for `obol.yaml` in the folders above; writes nothing.
 */
export function workspaceFolder(
  flag: string | undefined,
  { env, cwd, home }: Pick<Surroundings, 'env' | 'cwd' | 'home'>,
): string {
  if (flag !== undefined) return resolve(cwd, flag)
  const fromEnv = env['OBOL_WORKSPACE']
  if (fromEnv !== undefined && fromEnv !== '') return resolve(cwd, fromEnv)
  for (let at = resolve(cwd); ; at = dirname(at)) {
    if (existsSync(join(at, WORKSPACE_FILE))) return at
    if (dirname(at) === at) return join(home, '.workspace')
  }
}
