import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ObolError } from '../../errors/obol-error.ts'
import { USAGE_ERRORS } from '../../errors/usage.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Context } from '../context.ts'

/** Where a model comes from, by a JSON file of texts and numbers. Throws OBOL-U003. SIDE EFFECTS: reads the file. */
export async function readProvenance(file: string, { cwd }: Context): Promise<Readonly<Record<string, string>>> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(resolve(cwd, file), 'utf8'))
  } catch {
    throw new ObolError(USAGE_ERRORS.BAD_VALUE, {
      message: 'the provenance file cannot be read as JSON',
      where: { file },
    })
  }
  const entries = isJsonObject(value) ? Object.entries(value) : undefined
  const texts = entries?.flatMap(([key, item]) =>
    typeof item === 'string' || typeof item === 'number' ? [[key, String(item)] as const] : [],
  )
  if (texts !== undefined && texts.length === entries?.length) return Object.fromEntries(texts)
  throw new ObolError(USAGE_ERRORS.BAD_VALUE, {
    message: 'the provenance file has to be a mapping of texts',
    where: { file },
  })
}
