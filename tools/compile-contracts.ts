import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** A compiled contract as contracts/NAME.json keeps it. */
export type Artifact = {
  readonly contractName: string
  /** SHA-256 over every source that went in, imported ones included, in the order of their paths. */
  readonly sourceHash: string
  readonly compiler: string
  readonly settings: typeof SETTINGS
  readonly abi: readonly unknown[]
  /** Creation code, `0x…`. */
  readonly bytecode: string
  /** Runtime code, `0x…`; exact as it stands, for no contract here has immutables. */
  readonly deployedBytecode: string
}

type Sources = Readonly<Record<string, { readonly content: string }>>

/** The standard JSON output, as far as it is asked for. */
type Output = {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[]
  readonly contracts?: Readonly<Record<string, Readonly<Record<string, Compiled>>>>
}
type Compiled = {
  readonly abi: readonly unknown[]
  readonly metadata: string
  readonly evm: {
    readonly bytecode: { readonly object: string }
    readonly deployedBytecode: { readonly object: string; readonly immutableReferences: object }
  }
}

/** The part of solc's API that is used here; the package brings no types. */
type Solc = {
  /** Takes and returns the compiler's standard JSON. */
  compile(input: string, callbacks: { import(path: string): { contents: string } | { error: string } }): string
  version(): string
}

const require = createRequire(import.meta.url)
const solc: Solc = require('solc')

const ROOT = join(import.meta.dirname, '..')

const SETTINGS = {
  viaIR: true,
  optimizer: { enabled: true, runs: 200 },
  // OpenZeppelin 5.7 uses mcopy, which came with cancun.
  evmVersion: 'cancun',
  // Without a hash of its metadata the code depends on nothing but the code.
  metadata: { bytecodeHash: 'none' },
} as const

const SELECTION = ['abi', 'metadata', 'evm.bytecode.object', 'evm.deployedBytecode']

/**
 * Compiles every contracts/*.sol with the solc of package.json, in one go; imports come from node_modules.
 * @throws Error with the compiler's own words, warnings included. SIDE EFFECTS: reads files.
 */
export function compileContracts(): readonly Artifact[] {
  const files = readdirSync(join(ROOT, 'contracts')).filter((name) => name.endsWith('.sol'))
  const sources = Object.fromEntries(
    files.sort().map((name) => [`contracts/${name}`, { content: readFileSync(join(ROOT, 'contracts', name), 'utf8') }]),
  )
  const { contracts } = compile(sources)
  return files.map((name) => {
    const contractName = name.slice(0, -'.sol'.length)
    const compiled = contracts?.[`contracts/${name}`]?.[contractName]
    if (compiled === undefined) throw new Error(`contracts/${name} has no contract ${contractName}`)
    return artifactOf(contractName, compiled, sources)
  })
}

/** The text of contracts/NAME.json. */
export function artifactText(artifact: Artifact): string {
  return `${JSON.stringify(artifact, undefined, 2)}\n`
}

function compile(sources: Sources): Output {
  const input = {
    language: 'Solidity',
    sources,
    settings: { ...SETTINGS, outputSelection: { '*': { '*': SELECTION } } },
  }
  const output: Output = JSON.parse(solc.compile(JSON.stringify(input), { import: readImport }))
  const problems = (output.errors ?? []).map(({ formattedMessage }) => formattedMessage)
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return output
}

function readImport(path: string): { contents: string } | { error: string } {
  try {
    return { contents: readFileSync(join(ROOT, 'node_modules', path), 'utf8') }
  } catch (error) {
    return { error: String(error) }
  }
}

function artifactOf(contractName: string, compiled: Compiled, own: Sources): Artifact {
  const { bytecode, deployedBytecode } = compiled.evm
  if (Object.keys(deployedBytecode.immutableReferences).length > 0) {
    throw new Error(`${contractName} has immutables: its runtime code cannot be put at another address`)
  }
  return {
    contractName,
    sourceHash: hashOf(compiled.metadata, own),
    compiler: solc.version(),
    settings: SETTINGS,
    abi: compiled.abi,
    bytecode: `0x${bytecode.object}`,
    deployedBytecode: `0x${deployedBytecode.object}`,
  }
}

/** The compiler's metadata names each source that this contract needs. */
function hashOf(metadata: string, own: Sources): string {
  const { sources }: { sources: Readonly<Record<string, unknown>> } = JSON.parse(metadata)
  const hash = createHash('sha256')
  for (const path of Object.keys(sources).sort()) {
    const content = own[path]?.content ?? readFileSync(join(ROOT, 'node_modules', path), 'utf8')
    hash.update(`${path}\0${content}\0`)
  }
  return hash.digest('hex')
}
