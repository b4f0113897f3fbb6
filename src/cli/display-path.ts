import { isAbsolute, relative } from 'node:path'
import type { Surroundings } from './context.ts'

/** An absolute path as people write it: relative below the current folder, `~/…` below the home folder, else as it is. */
export function displayPath(path: string, { cwd, home }: Pick<Surroundings, 'cwd' | 'home'>): string {
  const here = relative(cwd, path)
  if (here === '') return '.'
  if (isBelow(here)) return here
  const fromHome = relative(home, path)
  return isBelow(fromHome) ? `~/${fromHome}` : path
}

function isBelow(path: string): boolean {
  return path !== '' && path !== '..' && !path.startsWith('../') && !isAbsolute(path)
}
