import { SCRIPTS, type Shell } from '../completion/scripts.ts'
import type { Context } from '../context.ts'

/** `obol completion SHELL`: the script on stdout. */
export function completion(this: Context, _flags: object, shell: Shell): void {
  this.stdout.write(SCRIPTS[shell])
}
