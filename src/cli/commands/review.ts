import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FORGE_ERRORS } from '../../errors/forge.ts'
import { ObolError } from '../../errors/obol-error.ts'
import type { CommentHost } from '../../forge/comment-host.ts'
import { type PutResult, putComment } from '../../forge/put-comment.ts'
import type { FormatRequest } from '../../formats/formats.ts'
import { renderReport } from '../../formats/render-report.ts'
import type { PlanVerdict } from '../../plan/plan-verdict.ts'
import type { ReportView } from '../../plan/report-view.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { makeReport, type Report } from '../make-report.ts'
import { baseOfReview } from '../review/base-of-review.ts'
import { findPullRequest, type PullRequest } from '../review/find-pull-request.ts'
import { workspaceFolder } from '../workspace-folder.ts'
import { writeFormats } from '../write-formats.ts'
import type { FailOn, ReviewFlags } from './review-command.ts'

type Verdict = PlanVerdict | 'failed'

/**
 * `obol review`: a pull request planned against its base, in files, annotations, the summary of the job, and one comment.
 * What keeps a plan from being made is told the same way. SIDE EFFECTS: those of plan; writes files; requests of the hosting
 * service, at most one of which writes.
 */
export async function review(this: Context, flags: ReviewFlags): Promise<void> {
  const found = await findPullRequest(this)
  const base = flags.base ?? (await baseOf(this, flags, found))
  const report = await makeReport(this, { ...flags, base }, [])
  const view = found === undefined ? report.view : viewOf(report.view, found, flags)
  const verdict: Verdict = report.result === 'planned' ? report.verdict : 'failed'
  const prefix = prefixOf(report)
  const key = flags.commentKey ?? 'obol'
  const marker = `obol-review:${key}`
  await writeFormats(this, view, requestsFor(this, flags.outputDir ?? 'obol-review'), { prefix, marker })
  const markdown = await renderReport(view, 'markdown', { columns: 120, colour: false, prefix, marker })
  await appendTo(this.env['GITHUB_STEP_SUMMARY'], markdown)
  const isQuiet = verdict === 'unchanged' || !changesSomething(view)
  const put =
    found === undefined || flags.comment === false
      ? undefined
      : await comment(this, found, { marker, body: markdown, commit: found.head, isQuiet })
  const outcome = put === undefined ? '' : `comment: ${wordsOf(put)}`
  if (outcome !== '') this.stderr.write(`${outcome}\n`)
  await appendTo(this.env['GITHUB_OUTPUT'], outputsOf(verdict, put))
  if (report.result === 'failed') throw report.thrown
  this.setExitCode(exitCodeOf(verdict, isQuiet, flags.failOn ?? 'conflict'))
}

async function baseOf(context: Context, flags: ReviewFlags, found: PullRequest | undefined): Promise<string> {
  if (found === undefined) throw new ObolError(FORGE_ERRORS.NO_PULL_REQUEST)
  const { env, signal } = context
  return baseOfReview(found, { folder: workspaceFolder(flags.workspace, context), env, signal })
}

/** Speaks of the target's branch rather than of a hash, unless --base has named another. */
function viewOf(view: ReportView, { head, target }: PullRequest, flags: ReviewFlags): ReportView {
  const base = view.plan?.base
  if (view.plan === undefined || base === undefined || target === undefined || flags.base !== undefined) {
    return { ...view, commit: head }
  }
  return { ...view, commit: head, plan: { ...view.plan, base: { ...base, ref: target } } }
}

/** On GitHub, annotations are what stdout is for. */
function requestsFor({ env }: Context, folder: string): readonly FormatRequest[] {
  const files = {
    markdown: 'plan.md',
    sarif: 'plan.sarif',
    html: 'plan.html',
    json: 'plan.json',
    junit: 'plan.junit.xml',
  }
  const own = Object.entries(files).map(([format, file]) => ({ format, file: join(folder, file) }))
  const all = [{ format: env['GITHUB_ACTIONS'] === 'true' ? 'github' : 'text' }, ...own]
  return all.filter((request): request is FormatRequest => request.format !== '')
}

function prefixOf(report: Report): string {
  return report.result === 'planned' ? (report.planned.base?.prefix ?? '') : ''
}

/** Drift alone is no matter of this change. */
function changesSomething({ plan, problems }: ReportView): boolean {
  if (plan === undefined || problems.length > 0) return true
  const { base, diagnostics, groups } = plan
  if (base === undefined) return true
  const { counts, resolved, orphans = [] } = base
  const isBad = [...diagnostics, ...groups.flatMap(({ rows }) => rows.flatMap((row) => row.diagnostics))].some(
    ({ severity }) => severity === 'error',
  )
  return isBad || counts.new + counts.changed + counts.withdrawn + resolved.length + orphans.length > 0
}

type Put = Parameters<typeof putComment>[1]

async function comment(context: Context, found: PullRequest, request: Put): Promise<PutResult> {
  if (found.token === undefined) return { result: 'denied' }
  return putComment(await hostOf(context, { ...found, token: found.token }), request)
}

async function hostOf(
  { signal }: Context,
  { host, api, repository, number, token }: PullRequest & { readonly token: string },
): Promise<CommentHost> {
  if (host === 'github') {
    const { githubComments } = await import('../../forge/github-comments.ts')
    return githubComments({ api, repository, number, token, signal })
  }
  const { gitlabNotes } = await import('../../forge/gitlab-notes.ts')
  return gitlabNotes({ api, project: repository, number, token, signal })
}

function wordsOf(put: PutResult): string {
  switch (put.result) {
    case 'created':
    case 'updated':
    case 'unchanged':
      return put.url === '' ? put.result : `${put.result}, ${put.url}`
    case 'quiet':
      return 'none, since nothing changes'
    case 'outdated':
      return 'left to the run of a newer commit'
    case 'denied':
      return 'not allowed by the token; the plan is in the summary of the job and in the files'
  }
}

function outputsOf(verdict: Verdict, put: PutResult | undefined): string {
  const url = put !== undefined && 'url' in put ? put.url : ''
  return `verdict=${verdict}\ncomment-url=${url.replace(/\s/g, '')}\n`
}

async function appendTo(file: string | undefined, text: string): Promise<void> {
  if (file !== undefined && file !== '') await appendFile(file, text)
}

const GRAVITY: Readonly<Record<FailOn, readonly Verdict[]>> = {
  error: ['refused', 'errors'],
  conflict: ['refused', 'errors', 'conflicts'],
  change: ['refused', 'errors', 'conflicts', 'changes'],
  never: [],
}

const EXIT_CODES: Readonly<Record<Verdict, ExitCode>> = {
  refused: EXIT.refused,
  errors: EXIT.error,
  failed: EXIT.error,
  conflicts: EXIT.conflicts,
  changes: EXIT.changesPending,
  unchanged: EXIT.done,
}

function exitCodeOf(verdict: Verdict, isQuiet: boolean, failOn: FailOn): ExitCode {
  if (!GRAVITY[failOn].includes(verdict)) return EXIT.done
  return verdict === 'changes' && isQuiet ? EXIT.done : EXIT_CODES[verdict]
}
