import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { interpolate } from './expression.ts'
import { ActionFailed, type ActionStandIn, runSteps, type Step } from './run-steps.ts'

/** The parts of a composite action's file that a runner reads. */
export type ActionFile = {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>
  readonly outputs: Readonly<Record<string, { readonly value: string }>>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
}

export function readAction(folder: string): ActionFile {
  return parse(readFileSync(join(folder, 'action.yml'), 'utf8'))
}

/**
 * Runs the composite action of a folder, its scripts as they are written. Throws for an input that the action does not have.
 * SIDE EFFECTS: those of the steps.
 */
export function compositeAction(folder: string): ActionStandIn {
  return async (given, job) => {
    const { inputs, outputs, runs } = readAction(folder)
    const unknown = Object.keys(given).filter((name) => inputs[name] === undefined)
    if (unknown.length > 0) throw new Error(`the action has no input ${unknown.join(', ')}`)
    const defaults = Object.entries(inputs).map(([name, input]) => [
      name,
      interpolate(input.default ?? '', job.contexts),
    ])
    const contexts = { ...job.contexts, inputs: { ...Object.fromEntries(defaults), ...given } }
    const env = { ...job.env, GITHUB_ACTION_PATH: folder }
    const result = await runSteps(runs.steps, { ...job, env, contexts })
    const values = Object.entries(outputs).map(([name, { value }]) => [
      name,
      interpolate(value, { ...contexts, steps: result.steps }),
    ])
    if (result.exitCode !== 0) throw new ActionFailed(result.exitCode, Object.fromEntries(values))
    return Object.fromEntries(values)
  }
}
