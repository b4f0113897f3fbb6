import { parse } from 'yaml'
import { type Job, runSteps, type Step, type StepsResult } from '../../../tools/demo-pr/run-steps.ts'

/** The parts of a workflow of GitHub Actions that a runner reads. */
export type Workflow = {
  readonly on: string | Readonly<Record<string, unknown>>
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, { readonly 'runs-on': string; readonly steps: readonly Step[] }>>
}

/** Runs the only job of a workflow. SIDE EFFECTS: those of its steps. */
export async function runWorkflow(text: string, job: Job): Promise<StepsResult> {
  const { jobs }: Workflow = parse(text)
  const [only, ...others] = Object.values(jobs)
  if (only === undefined || others.length > 0) throw new Error('one job is expected')
  return runSteps(only.steps, job)
}
