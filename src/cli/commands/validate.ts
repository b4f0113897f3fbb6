import { loadOffers } from '../../offers/load-offers.ts'
import { compareProblems, formatProblem, hasErrors, type Problem } from '../../offers/problem.ts'
import { readWorkspace, type WorkspaceResult } from '../../offers/read-workspace.ts'
import type { SourceFile } from '../../offers/source.ts'
import type { Desired } from '../../plan/desired.ts'
import { REFUSALS } from '../../plan/plan-verdict.ts'
import type { Diagnostic } from '../../plan/types.ts'
import { maskText } from '../../util/mask.ts'
import { plural } from '../../util/plural.ts'
import { printable } from '../../util/printable.ts'
import { policyDiagnostics } from '../apply-policies.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { CommonFlags, WorkspaceFlags } from '../flags.ts'
import { workspaceFolder } from '../workspace-folder.ts'
import { workspaceMissing } from '../workspace-missing.ts'

// Whether this host has an address that Pods can reach is not a mistake of the files: the plan finds out.
const ANY_HOST_ADDRESS = '192.0.2.1'

type Report = {
  readonly problems: readonly Problem[]
  readonly files: number
  readonly offers: number
  readonly objects: number
}

/**
 * `obol validate [PATH…]`: every mistake of the workspace's offers, or of the files and folders named. Problems go to
 * stdout, one per line, the count to stderr. Exit code 1 when one of them is an error.
 * SIDE EFFECTS: reads files, and standard input for `-`.
 */
export async function validate(this: Context, flags: CommonFlags & WorkspaceFlags, ...paths: string[]): Promise<void> {
  const folder = workspaceFolder(flags.workspace, this)
  const workspace = await readWorkspace(folder)
  const report =
    paths.length === 0 ? await checkWorkspace(folder, workspace, this) : await checkPaths(paths, workspace, this)
  if (flags.json === true) this.stdout.write(`${JSON.stringify(toJson(report), undefined, 2)}\n`)
  else {
    for (const problem of report.problems) this.stdout.write(`${clean(formatProblem(problem))}\n`)
    this.stderr.write(`${summary(report, this)}\n`)
  }
  if (hasErrors(report.problems)) this.setExitCode(exitCodeOf(report.problems))
}

/** Where nothing is wrong but what a policy forbids, that is the verdict. */
function exitCodeOf(problems: readonly Problem[]): ExitCode {
  const errors = problems.filter(({ severity }) => severity === 'error')
  return errors.every(({ code }) => REFUSALS.has(code)) ? EXIT.refused : EXIT.error
}

/** Files are shown relative to the workspace's folder. */
async function checkWorkspace(folder: string, found: WorkspaceResult, context: Context): Promise<Report> {
  if (found.result === 'missing') throw workspaceMissing(folder, context)
  const config = found.result === 'found' ? found.workspace : undefined
  // With a broken obol.yaml the offers are most likely where they always are.
  const report = await load(config?.offers ?? ['offers'], folder, found, context)
  return found.result === 'invalid'
    ? { ...report, files: report.files + 1, problems: [...found.problems, ...report.problems] }
    : report
}

/** Files are shown relative to the current folder. A workspace is used where there is one. */
function checkPaths(paths: readonly string[], found: WorkspaceResult, context: Context): Promise<Report> {
  return load(paths, context.cwd, found, context)
}

async function load(paths: readonly string[], base: string, found: WorkspaceResult, context: Context): Promise<Report> {
  const config = found.result === 'found' ? found.workspace : undefined
  const {
    desired,
    problems: own,
    files,
  } = await loadOffers(paths, {
    base,
    stdin: context.stdin,
    workspaceId: config?.id ?? 'none',
    hostAddress: async () => config?.hostAddress ?? ANY_HOST_ADDRESS,
  })
  const problems = [...own, ...(await policyProblems(base, desired, files))].sort(compareProblems)
  return { problems, files: files.length, offers: desired.offers.length, objects: desired.objects.length }
}

/** What the policies of the folder say; without one, nothing. */
async function policyProblems(
  folder: string,
  desired: Desired,
  files: readonly SourceFile[],
): Promise<readonly Problem[]> {
  return (await policyDiagnostics(folder, { desired, files })).flatMap(problemOf)
}

function problemOf({ severity, code, message, field = '', hint, origin }: Diagnostic): readonly Problem[] {
  if (origin === undefined || severity === 'info') return []
  return [{ severity, code, ...origin, path: field, message, ...(hint === undefined ? {} : { hint }) }]
}

function toJson(report: Report): unknown {
  return { formatVersion: 1, valid: !hasErrors(report.problems), ...report, problems: report.problems.map(maskProblem) }
}

function maskProblem(problem: Problem): Problem {
  return { ...problem, message: maskText(problem.message) }
}

function summary({ problems, files, offers, objects }: Report, { stderr: { style } }: Context): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const warnings = problems.length - errors
  const where = `in ${plural(files, 'file')}`
  const warned = warnings === 0 ? '' : `, ${plural(warnings, 'warning')}`
  if (errors > 0) return style.red(`${plural(errors, 'mistake')}${warned} ${where}`)
  return style.green(`no mistakes${warned} ${where}: ${plural(offers, 'offer')}, ${plural(objects, 'object')}`)
}

function clean(text: string): string {
  return printable(maskText(text))
}
