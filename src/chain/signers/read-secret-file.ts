import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import type { Descriptor } from '../../errors/descriptor.ts'
import { ObolError } from '../../errors/obol-error.ts'
import { shellWord } from '../../util/shell-word.ts'

/** Keys, passwords and tokens are shorter. */
const LIMIT_BYTES = 4096

/**
 * The text of a small file that only its owner, the user, may read (mode 0600 or stricter), as it is. A symbolic link
 * counts as what it points to. SIDE EFFECTS: reads the file. Rejects with `descriptor`; never with content.
 */
export async function readSecretFile(folder: string, path: string, descriptor: Descriptor): Promise<string> {
  const file = resolve(folder, path)
  const refuse = (message: string, hint?: string): ObolError =>
    new ObolError(descriptor, { message, where: { file }, ...(hint === undefined ? {} : { hint }) })
  const handle = await openQuietly(file)
  if (typeof handle === 'string') throw refuse(`${path} cannot be read (${handle})`, `ls -l ${shellWord(file)}`)
  try {
    // Checked on what was opened, not on the path: the file cannot be exchanged in between.
    const { mode, uid, size } = await handle.stat()
    const isRegular = (mode & constants.S_IFMT) === constants.S_IFREG
    if (!isRegular) throw refuse(`${path} is not a regular file`, `ls -ld ${shellWord(file)}`)
    const user = currentUser()
    if (user !== undefined && uid !== user) {
      throw refuse(`${path} belongs to another user`, `ls -l ${shellWord(file)}`)
    }
    if (user !== undefined && (mode & 0o077) !== 0) {
      const octal = (mode & 0o777).toString(8).padStart(4, '0')
      throw refuse(`others may read or change ${path} (mode ${octal})`, `chmod 600 ${shellWord(file)}`)
    }
    if (size > LIMIT_BYTES) throw refuse(`${path} is too large to be what it should be (${size} bytes)`)
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}

/** O_NONBLOCK: a named pipe without a writer would be waited for. The code of the system where it cannot be opened. */
async function openQuietly(file: string): Promise<FileHandle | string> {
  try {
    return await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (cause) {
    return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
  }
}

/** Undefined on systems without user ids and modes, and for a user id without a name, as in some containers. */
function currentUser(): number | undefined {
  try {
    const { uid } = userInfo()
    return uid === -1 ? undefined : uid
  } catch {
    return undefined
  }
}
