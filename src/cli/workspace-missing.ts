import { ObolError } from '../errors/obol-error.ts'
import { WORKSPACE_ERRORS } from '../errors/workspace.ts'
import type { Surroundings } from './context.ts'
import { displayPath } from './display-path.ts'

/** The error of a command that needs a workspace where there is none; the hint makes it. */
export function workspaceMissing(folder: string, surroundings: Pick<Surroundings, 'cwd' | 'home'>): ObolError {
  const shown = displayPath(folder, surroundings)
  return new ObolError(WORKSPACE_ERRORS.WORKSPACE_MISSING, { where: { file: shown }, hint: `obol init ${shown}` })
}
