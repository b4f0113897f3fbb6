import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ObolError } from '../errors/obol-error.ts'
import { SNAPSHOT_ERRORS } from '../errors/snapshot.ts'
import { stateFolder } from '../journal/read-state.ts'
import type { Context } from './context.ts'

const KEY_BYTES = 32

/**
 * The key of the tokens that stand for secrets: `$OBOL_PLAN_KEY`, else `state/plan.key` of the workspace's folder, which is
 * made on first need with mode 0600. Rejects with OBOL-T016. SIDE EFFECTS: may write that file.
 */
export async function planKey(context: Pick<Context, 'env'>, folder: string): Promise<Buffer> {
  const known = await knownPlanKey(context, folder)
  if (known !== undefined) return known
  const file = keyFile(folder)
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await mkdir(stateFolder(folder), { recursive: true })
    const handle = await open(draft, 'wx', 0o600)
    await handle.writeFile(`${randomBytes(KEY_BYTES).toString('hex')}\n`)
    await handle.sync()
    await handle.close()
    // Whoever links first has made it: two processes end up with one key.
    await link(draft, file).catch((error: unknown) => ignoreCode(error, 'EEXIST'))
  } catch (error) {
    throw unusable(file, codeOf(error))
  } finally {
    await rm(draft, { force: true })
  }
  return (await knownPlanKey(context, folder)) ?? refuse(file, 'it went away')
}

/** The key, if there is one; makes none. Rejects with OBOL-T016 when it is there and no key. SIDE EFFECTS: reads the file. */
export async function knownPlanKey({ env }: Pick<Context, 'env'>, folder: string): Promise<Buffer | undefined> {
  const fromEnv = env['OBOL_PLAN_KEY']?.trim()
  if (fromEnv !== undefined && fromEnv !== '') return parse(fromEnv, '$OBOL_PLAN_KEY')
  const file = keyFile(folder)
  try {
    return parse((await readFile(file, 'utf8')).trim(), file)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error instanceof ObolError ? error : unusable(file, codeOf(error))
  }
}

function keyFile(folder: string): string {
  return join(stateFolder(folder), 'plan.key')
}

function parse(text: string, where: string): Buffer {
  if (new RegExp(`^[0-9a-fA-F]{${KEY_BYTES * 2}}$`).test(text)) return Buffer.from(text, 'hex')
  return refuse(where, `it is not ${KEY_BYTES * 2} hexadecimal digits`)
}

function refuse(where: string, why: string): never {
  throw unusable(where, why)
}

function unusable(where: string, why: string): ObolError {
  return new ObolError(SNAPSHOT_ERRORS.KEY_UNUSABLE, { details: [`${where}: ${why}`] })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
}

function ignoreCode(error: unknown, code: string): void {
  if (codeOf(error) !== code) throw error
}
