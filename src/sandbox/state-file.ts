import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ObolError } from '../errors/obol-error.ts'
import { SANDBOX_ERRORS } from '../errors/sandbox.ts'
import type { JsonObject } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import type { Store } from './store.ts'

const FORMAT_VERSION = 1

/** One stored object of a state file. */
export type SavedObject = { readonly resource: string; readonly key: string; readonly object: JsonObject }

export type SavedState = { readonly version: number; readonly objects: readonly SavedObject[] }

/**
 * Reads a state file; undefined when there is none yet.
 * @throws ObolError OBOL-S001 when it cannot be read, OBOL-S002 when it is no state file. SIDE EFFECTS: reads a file.
 */
export async function loadState(path: string): Promise<SavedState | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new ObolError(SANDBOX_ERRORS.STATE_UNREADABLE, { where: { file: path }, cause: error })
  }
  const state = parseState(text)
  if (state === undefined) throw new ObolError(SANDBOX_ERRORS.STATE_UNKNOWN, { where: { file: path } })
  return state
}

function parseState(text: string): SavedState | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isJsonObject(value) || value['formatVersion'] !== FORMAT_VERSION) return undefined
  const { version, objects } = value
  if (typeof version !== 'number' || !isJsonArray(objects)) return undefined
  const saved = objects.flatMap((item) => {
    if (!isJsonObject(item)) return []
    const { resource, key, object } = item
    return typeof resource === 'string' && typeof key === 'string' && isJsonObject(object)
      ? [{ resource, key, object }]
      : []
  })
  return saved.length === objects.length ? { version, objects: saved } : undefined
}

/** Writes the state after changes; it lives as long as the server. */
export class StateWriter {
  readonly #path: string
  readonly #store: Store
  readonly #onError: (error: ObolError) => void
  #isDirty = false
  #writing: Promise<void> | undefined

  /** SIDE EFFECTS: listens to the store; each change is written in the next turn of the event loop. */
  constructor(path: string, store: Store, onError: (error: ObolError) => void) {
    this.#path = path
    this.#store = store
    this.#onError = onError
    store.subscribe(() => {
      this.#isDirty = true
      this.#writing ??= this.#run()
    })
  }

  /** Resolves when everything is on disk. */
  async flush(): Promise<void> {
    await this.#writing
  }

  /** Changes made while a write is under way go into the next one. */
  async #run(): Promise<void> {
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
    while (this.#isDirty) {
      this.#isDirty = false
      try {
        await writeState(this.#path, { version: this.#store.version, objects: this.#store.all() })
      } catch (cause) {
        this.#onError(new ObolError(SANDBOX_ERRORS.STATE_UNWRITABLE, { where: { file: this.#path }, cause }))
      }
    }
    this.#writing = undefined
  }
}

async function writeState(path: string, state: SavedState): Promise<void> {
  const temporary = `${path}.tmp`
  await mkdir(dirname(path), { recursive: true })
  const file = await open(temporary, 'w', 0o600)
  try {
    await file.writeFile(JSON.stringify({ formatVersion: FORMAT_VERSION, ...state }))
    await file.sync()
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  } finally {
    await file.close()
  }
  await rename(temporary, path)
}
