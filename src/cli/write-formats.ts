import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { ObolError } from '../errors/obol-error.ts'
import { USAGE_ERRORS } from '../errors/usage.ts'
import type { FormatRequest } from '../formats/formats.ts'
import { type RenderOptions, renderReport } from '../formats/render-report.ts'
import type { ReportView } from '../plan/report-view.ts'
import type { Context } from './context.ts'
import { isColoured } from './show-plan.ts'

/**
 * Writes a report in each of the formats: to its file (relative to the current folder; missing folders are made), or to
 * stdout. Throws OBOL-U011 when a file cannot be written. SIDE EFFECTS: writes files and stdout.
 */
export async function writeFormats(
  context: Context,
  report: ReportView,
  requests: readonly FormatRequest[],
  options: Pick<RenderOptions, 'prefix' | 'marker'> = {},
): Promise<void> {
  for (const { format, file } of requests) {
    const colour = file === undefined && isColoured(context)
    const columns = file === undefined ? context.stdout.columns : 120
    const text = await renderReport(report, format, { ...options, columns, colour })
    if (file === undefined) context.stdout.write(text)
    else await writeOut(resolve(context.cwd, file), text)
  }
}

async function writeOut(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new ObolError(USAGE_ERRORS.NOT_WRITABLE, {
      message: `the file could not be written (${reason})`,
      where: { file },
    })
  }
}
