import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { runProcess } from '../../../tools/demo-pr/run-process.ts'

type Texts = Readonly<Record<string, string>>

/** The parts of a file of GitLab CI that are looked at here. */
type Pipeline = {
  readonly include?: readonly { readonly project: string; readonly ref: string; readonly file: string }[]
  readonly variables?: Texts
  readonly [job: string]: unknown
}

type GitlabJob = {
  readonly variables: Texts
  readonly before_script: readonly string[]
  readonly script: readonly string[]
  readonly artifacts: { readonly paths: readonly string[] }
}

export type GitlabRun = { readonly exitCode: number; readonly output: string; readonly artifacts: readonly string[] }

/**
 * Runs a job as GitLab's shell executor does: the lines of before_script and script in one shell that ends at the first
 * failure, the pipeline's variables before those of the job, which give way to those of the project. SIDE EFFECTS: those of the
 * script.
 * @param included where the included project is checked out
 * @param project variables of the project and of the pipeline
 */
export async function runGitlabJob(
  text: string,
  name: string,
  { included, cwd, project }: { readonly included: string; readonly cwd: string; readonly project: Texts },
): Promise<GitlabRun> {
  const pipeline: Pipeline = parse(text)
  const [include] = pipeline.include ?? []
  if (include === undefined) throw new Error('nothing is included')
  const jobs: Readonly<Record<string, GitlabJob>> = parse(readFileSync(join(included, include.file), 'utf8'))
  const job = jobs[name]
  if (job === undefined) throw new Error(`no job ${name}`)
  const env = { ...pipeline.variables, ...job.variables, ...project }
  const script = [...job.before_script, ...job.script].join('\n')
  const { exitCode, output } = await runProcess('bash', ['-eo', 'pipefail', '-c', script], env, { cwd })
  return { exitCode, output, artifacts: job.artifacts.paths }
}
