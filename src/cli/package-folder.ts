import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * A folder that the package carries (`schemas/crds`), absolute: from sources and from the bundle alike, which are not at
 * the same depth. Undefined when it is not there.
 * SIDE EFFECTS: looks at the folders above this file.
 */
export function packageFolder(path: string): string | undefined {
  for (let at = import.meta.dirname; ; at = dirname(at)) {
    const folder = join(at, path)
    if (existsSync(folder)) return folder
    if (dirname(at) === at) return undefined
  }
}
