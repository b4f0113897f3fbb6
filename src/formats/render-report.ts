import { renderReportJson } from '../plan/render-json.ts'
import { renderText } from '../plan/render-text.ts'
import type { ReportView } from '../plan/report-view.ts'
import { printable } from '../util/printable.ts'
import type { Format } from './formats.ts'
import { renderProblems } from './render-problems.ts'

export type RenderOptions = {
  /** Width of the terminal; of the format text alone. */
  readonly columns: number
  readonly colour: boolean
  /** Path of the workspace in the repository, which the places of github, sarif and junit begin with. */
  readonly prefix?: string
  /** The hidden line by which a comment is found again; of markdown alone. */
  readonly marker?: string
  /** Address of the page of the errors, which the rules of sarif link to. */
  readonly docs?: string
}

/** The report in one format. Text that ends with one newline, except that `github` may be empty. Pure; a format is loaded when it is asked for. */
export async function renderReport(report: ReportView, format: Format, options: RenderOptions): Promise<string> {
  switch (format) {
    case 'text':
      return report.plan === undefined ? renderProblems(report.problems, options) : renderText(report.plan, options)
    case 'json':
      // What is not printable stands as an escape, which any reader of JSON takes back.
      return `${printable(JSON.stringify(renderReportJson(report), undefined, 2))}\n`
    case 'markdown':
      return (await import('./render-markdown.ts')).renderMarkdown(report, options)
    case 'github':
      return (await import('./render-annotations.ts')).renderAnnotations(report, options)
    case 'sarif':
      return (await import('./render-sarif.ts')).renderSarif(report, options)
    case 'html':
      return (await import('./render-html.ts')).renderHtml(report)
    case 'junit':
      return (await import('./render-junit.ts')).renderJunit(report, options)
  }
}
