import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const block = 512;

/**
 * The files of a folder as a tar archive (POSIX ustar), sorted, without times and owners: the same files give the same bytes
 * on every computer. Folders are not listed; unpacking makes them.
 *
 * @param members files and folders below `folder`
 */
export function tarOf(folder: string, members: readonly string[]): Buffer {
  const paths = members.flatMap((member) => filesIn(folder, member)).sort();
  const parts = paths.flatMap((path) => {
    const content = readFileSync(join(folder, path));
    const executable = (statSync(join(folder, path)).mode & 0o100) !== 0;
    return [header(path, content.length, executable), content, Buffer.alloc(-content.length & (block - 1))];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function filesIn(folder: string, member: string): readonly string[] {
  if (!statSync(join(folder, member)).isDirectory()) return [member];
  return readdirSync(join(folder, member)).flatMap((name) => filesIn(folder, `${member}/${name}`));
}

function header(path: string, size: number, executable: boolean): Buffer {
  if (Buffer.byteLength(path) > 100) throw new Error(`${path}: a name in this archive has at most 100 bytes`);
  const bytes = Buffer.alloc(block);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits - 1, "0")}\0`;
  bytes.write(path, 0);
  bytes.write(octal(executable ? 0o755 : 0o644, 8), 100);
  bytes.write(octal(0, 8), 108);
  bytes.write(octal(0, 8), 116);
  bytes.write(octal(size, 12), 124);
  bytes.write(octal(0, 12), 136);
  bytes.write(" ".repeat(8), 148);
  bytes.write("0", 156);
  bytes.write("ustar\x0000", 257);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return bytes;
}
