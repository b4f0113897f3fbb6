import { spawn } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import type { TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, jsonAt } from '../../src/util/json.ts'

const SERVER = join(import.meta.dirname, '../../node_modules/yaml-language-server/bin/yaml-language-server')

/** A mistake as an editor marks it; line and column count from 1. */
export type Mark = { readonly line: number; readonly column: number; readonly message: string }

/** A real YAML language server, as an editor talks to it. */
export type LanguageServer = {
  /** What is marked in a file with this text; the path decides where a relative schema is. */
  open(path: string, text: string): Promise<readonly Mark[]>
  /** What is shown beside a place (from 1) of an open file. */
  hover(path: string, line: number, column: number): Promise<string>
  /** Labels of what is proposed there. */
  complete(path: string, line: number, column: number): Promise<readonly string[]>
}

/** Starts the server; it ends with the test. Schemas are read from files only. SIDE EFFECTS: a child process. */
export async function startLanguageServer(t: TestContext, folder: string): Promise<LanguageServer> {
  const child = spawn(process.execPath, [SERVER, '--stdio'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => child.kill())
  const waiting = new Map<number, (result: JsonValue) => void>()
  const marks = new Map<string, (marks: readonly Mark[]) => void>()
  const send = (message: JsonObject): void => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message })
    child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
  }
  let last = 0
  const ask = (method: string, params: JsonObject): Promise<JsonValue> => {
    last += 1
    const id = last
    send({ id, method, params })
    return new Promise((resolve) => waiting.set(id, resolve))
  }
  let buffered: Buffer = Buffer.alloc(0)
  child.stdout.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk])
    for (let next = take(buffered); next !== undefined; next = take(buffered)) {
      buffered = next.rest
      hear(next.message)
    }
  })
  const hear = (message: JsonObject): void => {
    const { id, method, result = null, params } = message
    if (method === 'textDocument/publishDiagnostics' && isJsonObject(params)) {
      marks.get(String(params['uri']))?.(marksOf(params['diagnostics']))
    } else if (method === 'workspace/configuration') {
      const items = jsonAt(params, ['items'])
      send({
        id: id ?? null,
        result: (isJsonArray(items) ? items : []).map((item) => settingsOf(jsonAt(item, ['section']))),
      })
    } else if (typeof method === 'string' && id !== undefined) send({ id, result: null })
    else if (typeof id === 'number') waiting.get(id)?.(result)
  }
  const rootUri = pathToFileURL(folder).href
  await ask('initialize', {
    processId: process.pid,
    rootUri,
    capabilities: { workspace: { configuration: true }, textDocument: { hover: { contentFormat: ['markdown'] } } },
  })
  send({ method: 'initialized', params: {} })
  send({ method: 'workspace/didChangeConfiguration', params: { settings: { yaml: settingsOf('yaml') } } })
  const uriOf = (path: string): string => pathToFileURL(join(folder, path)).href
  const at = (path: string, line: number, column: number): JsonObject => ({
    textDocument: { uri: uriOf(path) },
    position: { line: line - 1, character: column - 1 },
  })
  return {
    open: (path, text) =>
      new Promise((resolve) => {
        marks.set(uriOf(path), resolve)
        send({
          method: 'textDocument/didOpen',
          params: { textDocument: { uri: uriOf(path), languageId: 'yaml', version: 1, text } },
        })
      }),
    hover: async (path, line, column) =>
      JSON.stringify(jsonAt(await ask('textDocument/hover', at(path, line, column)), ['contents']) ?? ''),
    complete: async (path, line, column) => {
      const answer = await ask('textDocument/completion', at(path, line, column))
      const items = isJsonArray(answer) ? answer : jsonAt(answer, ['items'])
      return (isJsonArray(items) ? items : []).map((item) => String(jsonAt(item, ['label'])))
    },
  }
}

/** Nothing is fetched: the catalogue of schemas is on the network. */
function settingsOf(section: JsonValue | undefined): JsonValue {
  return section === 'yaml'
    ? { validate: true, hover: true, completion: true, schemaStore: { enable: false }, format: { enable: false } }
    : {}
}

function take(buffered: Buffer): { readonly message: JsonObject; readonly rest: Buffer } | undefined {
  const end = buffered.indexOf('\r\n\r\n')
  const length = Number(/Content-Length: (\d+)/i.exec(buffered.subarray(0, Math.max(end, 0)).toString())?.[1])
  if (end < 0 || buffered.length < end + 4 + length) return undefined
  const message: JsonObject = JSON.parse(buffered.subarray(end + 4, end + 4 + length).toString())
  return { message, rest: buffered.subarray(end + 4 + length) }
}

function marksOf(diagnostics: JsonValue | undefined): readonly Mark[] {
  return (isJsonArray(diagnostics) ? diagnostics : []).map((diagnostic) => ({
    line: Number(jsonAt(diagnostic, ['range', 'start', 'line'])) + 1,
    column: Number(jsonAt(diagnostic, ['range', 'start', 'character'])) + 1,
    message: String(jsonAt(diagnostic, ['message'])),
  }))
}
