import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { isJsonObject, type JsonObject } from '../util/json.ts'
import { packageFolder } from './package-folder.ts'

/**
 * The CustomResourceDefinitions that come with the package, by file name.
 * SIDE EFFECTS: reads `schemas/crds/`.
 */
export async function sandboxCrds(): Promise<readonly JsonObject[]> {
  const folder = packageFolder('schemas/crds')
  if (folder === undefined) throw new Error('schemas/crds is missing: the installation is not complete')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort()
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.map((text) => parse(text) as unknown).filter((value): value is JsonObject => isJsonObject(value))
}

/** The namespace that the stack keeps its own objects in, AgentIdentity among them. */
export const STACK_NAMESPACE: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x402' } }
