import { printable } from '../util/printable.ts'

/** The workflow commands that put a note beside a line of a file. */
export type AnnotationLevel = 'error' | 'warning' | 'notice'

export type Annotation = {
  readonly level: AnnotationLevel
  readonly title: string
  /** May have several lines. */
  readonly message: string
  /** Path in the repository; absent: the note stands with the run. */
  readonly file?: string
  /** Both count from 1. */
  readonly line?: number
  readonly column?: number
}

/** `::error file=a.yaml,line=3,col=5,title=…::message`: one line, by the rules of the runner (@actions/core, command.ts). */
export function annotationCommand({ level, title, message, file, line, column }: Annotation): string {
  const place = [
    ...(file === undefined ? [] : [`file=${property(file)}`]),
    ...(line === undefined ? [] : [`line=${line}`]),
    ...(column === undefined ? [] : [`col=${column}`]),
  ]
  return `::${level} ${[...place, `title=${property(title.replaceAll('\n', ' '))}`].join(',')}::${data(message)}`
}

/** What else ends a line or steers a terminal is written out; the line end itself is what the runner takes back. */
function data(text: string): string {
  return printable(text.toWellFormed()).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
