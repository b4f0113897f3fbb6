import { execFileSync } from 'node:child_process'
import process from 'node:process'

const SETTINGS = ['user.name=t', 'user.email=t@example.com', 'commit.gpgsign=false', 'init.defaultBranch=main']

/** A git command in a folder, whatever the user's configuration; its output. SIDE EFFECTS: those of the command. */
export function git(folder: string, ...args: readonly string[]): string {
  const options = SETTINGS.flatMap((setting) => ['-c', setting])
  const env = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
  return execFileSync('git', [...options, ...args], { cwd: folder, encoding: 'utf8', env, stdio: 'pipe' }).trim()
}
