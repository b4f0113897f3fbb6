import { GIT_ERRORS } from '../errors/git.ts'
import { ObolError } from '../errors/obol-error.ts'
import { failed, type GitPlace, runGit } from './run-git.ts'

/**
 * The contents of objects, by their hash, as they are stored: no filter and no conversion runs. Rejects with OBOL-B008
 * when one is not in this clone. SIDE EFFECTS: a child process that reads; none for an empty list.
 */
export async function readBlobs(oids: ReadonlySet<string>, place: GitPlace): Promise<ReadonlyMap<string, Buffer>> {
  const blobs = new Map<string, Buffer>()
  if (oids.size === 0) return blobs
  const { exitCode, stdout, stderr } = await runGit(['cat-file', '--batch'], place, `${[...oids].join('\n')}\n`)
  let at = 0
  while (at < stdout.length) {
    // `<oid> blob <size>\n<content>\n`, or `<oid> missing\n`
    const end = stdout.indexOf(0x0a, at)
    const [oid = '', type, size = '0'] = stdout.toString('utf8', at, end).split(' ')
    if (end < 0 || type !== 'blob') break
    blobs.set(oid, stdout.subarray(end + 1, end + 1 + Number(size)))
    at = end + 1 + Number(size) + 1
  }
  if (blobs.size === oids.size) return blobs
  if (exitCode === 0 || /promisor|not allowed/.test(stderr)) throw new ObolError(GIT_ERRORS.OBJECTS_MISSING)
  throw failed('git cat-file failed', stderr)
}
