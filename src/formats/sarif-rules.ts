import { CATALOGUE } from '../errors/catalogue.ts'
import type { Descriptor } from '../errors/descriptor.ts'
import type { JsonObject } from '../util/json.ts'

export type SarifLevel = 'error' | 'warning' | 'note'
const BY_GRAVITY: readonly SarifLevel[] = ['note', 'warning', 'error']

/** A rule of a SARIF run: its id, and the reportingDescriptor (SARIF 3.49). */
export type SarifRule = { readonly id: string; readonly descriptor: JsonObject }

/**
 * The rules that findings use, by code: from the error catalogue, with the gravest level that occurs as their own. `docs`
 * is the absolute address of the page that `docs/errors.md` becomes.
 */
export function sarifRules(
  findings: readonly { readonly code: string; readonly level: SarifLevel }[],
  docs?: string,
): readonly SarifRule[] {
  const levels = new Map<string, SarifLevel>()
  for (const { code, level } of findings) {
    if (BY_GRAVITY.indexOf(level) > BY_GRAVITY.indexOf(levels.get(code) ?? 'note') || !levels.has(code)) {
      levels.set(code, level)
    }
  }
  const known = new Map(CATALOGUE.flatMap(({ errors }) => errors).map((descriptor) => [descriptor.code, descriptor]))
  return [...levels]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, level]) => ({ id, descriptor: ruleOf(id, level, known.get(id), docs) }))
}

function ruleOf(id: string, level: SarifLevel, entry: Descriptor | undefined, docs: string | undefined): JsonObject {
  const defaultConfiguration = { level }
  if (entry === undefined) return { id, defaultConfiguration }
  const { title, explanation, hint } = entry
  const next = hint === undefined ? '' : `\n\nNext: ${hint}`
  const nextInMarkdown = hint === undefined ? '' : `\n\nNext: \`${hint.replaceAll('`', "'")}\``
  return {
    id,
    name: pascalCase(title),
    shortDescription: { text: sentence(title) },
    fullDescription: { text: explanation },
    ...(docs === undefined ? {} : { helpUri: `${docs}#${errorAnchor(entry)}` }),
    help: { text: `${explanation}${next}`, markdown: `${explanation}${nextInMarkdown}` },
    defaultConfiguration,
  }
}

/** The anchor of an error's heading in `docs/errors.md`, as GitHub and GitLab make it. */
export function errorAnchor({ code, title }: Pick<Descriptor, 'code' | 'title'>): string {
  return `${code}: ${title}`
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')
}

function sentence(title: string): string {
  return `${title.charAt(0).toUpperCase()}${title.slice(1)}.`
}

function pascalCase(title: string): string {
  const words = title.replaceAll("'", '').match(/[\p{L}\p{N}]+/gu) ?? []
  return words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('')
}
