import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { type Contexts, interpolate, isMet, type Status } from './expression.ts'
import { runProcess } from './run-process.ts'

type Texts = Readonly<Record<string, string>>

/** A step of a job or of a composite action. */
export type Step = {
  readonly name?: string
  readonly id?: string
  readonly if?: string
  readonly uses?: string
  readonly with?: Readonly<Record<string, string | number | boolean>>
  readonly run?: string
  readonly shell?: string
  readonly env?: Texts
}

/** What an action that stands in for another one does; returns its outputs. */
export type ActionStandIn = (inputs: Texts, job: Job) => Promise<Texts>

/** A machine that runs the steps of one job. */
export type Job = {
  /** Folder that steps start in. */
  readonly cwd: string
  /** Folder for what the machine keeps between steps. */
  readonly temp: string
  /** Variables of every step; nothing else is inherited but PATH. */
  readonly env: Texts
  readonly contexts: Contexts
  /** What `uses` names. Throws for what it does not know. */
  readonly actionOf: (uses: string) => ActionStandIn
  /** What the steps printed, in order. */
  readonly log: string[]
}

export type StepsResult = {
  readonly status: Status
  /** Exit code of the first step that failed; 0. */
  readonly exitCode: number
  /** Outputs by the steps' ids, in the form of the context `steps`. */
  readonly steps: Contexts
}

/**
 * Runs steps as a runner of GitHub Actions does: conditions, one process per `run`, and the files behind GITHUB_OUTPUT and
 * GITHUB_PATH. SIDE EFFECTS: those of the steps.
 */
export async function runSteps(steps: readonly Step[], job: Job): Promise<StepsResult> {
  const outputs: Record<string, Contexts> = {}
  let exitCode = 0
  for (const step of steps) {
    const status: Status = exitCode === 0 ? 'success' : 'failure'
    const contexts = { ...job.contexts, steps: outputs }
    if (!isMet(step.if, contexts, status)) continue
    const result = step.uses === undefined ? await runScript(step, contexts, job) : await runUses(step, contexts, job)
    if (step.id !== undefined) outputs[step.id] = { outputs: result.outputs }
    if (exitCode === 0) exitCode = result.exitCode
  }
  return { status: exitCode === 0 ? 'success' : 'failure', exitCode, steps: outputs }
}

type StepResult = { readonly exitCode: number; readonly outputs: Texts }

/** An action that fails says so by an error with an exit code. */
export class ActionFailed extends Error {
  readonly exitCode: number
  readonly outputs: Texts
  constructor(exitCode: number, outputs: Texts) {
    super(`the action failed with exit code ${exitCode}`)
    this.exitCode = exitCode
    this.outputs = outputs
  }
}

async function runUses(step: Step, contexts: Contexts, job: Job): Promise<StepResult> {
  const inputs = valuesOf(step.with ?? {}, contexts)
  try {
    return { exitCode: 0, outputs: await job.actionOf(step.uses ?? '')(inputs, job) }
  } catch (error) {
    if (error instanceof ActionFailed) return error
    throw error
  }
}

function valuesOf(values: Readonly<Record<string, string | number | boolean>>, contexts: Contexts): Texts {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, interpolate(String(value), contexts)]))
}

async function runScript(step: Step, contexts: Contexts, job: Job): Promise<StepResult> {
  const folder = mkdtempSync(join(job.temp, 'step-'))
  const script = join(folder, 'script.sh')
  const output = join(folder, 'output')
  writeFileSync(script, interpolate(step.run ?? '', contexts))
  const env = {
    ...job.env,
    ...valuesOf(step.env ?? {}, contexts),
    PATH: [...pathsOf(job), process.env['PATH']].join(':'),
    GITHUB_OUTPUT: output,
    GITHUB_PATH: pathFile(job),
  }
  // As documented for `shell: bash`, and for a step that names no shell.
  const options = step.shell === undefined ? ['-e'] : ['--noprofile', '--norc', '-eo', 'pipefail']
  const onOutput = (text: string): void => void job.log.push(text)
  const { exitCode } = await runProcess('bash', [...options, script], env, { cwd: job.cwd, onOutput })
  return { exitCode, outputs: outputsIn(output) }
}

function pathFile({ temp }: Job): string {
  return join(temp, 'github-path')
}

function pathsOf(job: Job): readonly string[] {
  const file = pathFile(job)
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).toReversed() : []
}

function outputsIn(file: string): Texts {
  if (!existsSync(file)) return {}
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}
