import { row } from './error-row.ts'
import type { ErrorRow } from './error-row.ts'

/** What is wrong with a file. */
export const fileRows = {
  FILE_NOT_FOUND: row(
    81001,
    404,
    'There is no such file in the space.',
    '该服务空间没有此文件。',
    'Use the fileID as the upload returned it; the file may have been deleted.',
    '请使用上传时返回的 fileID；文件也可能已被删除。',
  ),
  FILE_SIGNATURE_INVALID: row(
    81002,
    403,
    'The signature of this URL or upload form is missing, wrong or expired.',
    'URL 或上传表单的签名缺失、不正确或已过期。',
    'Ask for a new temporary URL, or start the upload again.',
    '请重新获取临时链接，或重新上传。',
  ),
  FILE_TICKET_SPENT: row(
    81003,
    409,
    'This upload form has been used; each is good for one file.',
    '该上传凭证已被使用，每个凭证只能上传一个文件。',
    'Start the upload again.',
    '请重新发起上传。',
  ),
  FILE_TOO_LARGE: row(
    81004,
    413,
    'The file is larger than the space allows.',
    '文件超过服务空间允许的大小。',
    'Send at most the bytes that detail.limit names, or raise "maxBytes" of the space’s files.',
    '文件不得超过 detail.limit 字节，或提高服务空间 files 的 maxBytes。',
  ),
  FILE_TYPE_REFUSED: row(
    81005,
    415,
    'The space does not take files of this type.',
    '服务空间不接受此类型的文件。',
    'Send another type, or change "accept" and "refuse" of the space’s files.',
    '请改用其他类型，或修改服务空间 files 的 accept 与 refuse。',
  ),
  FILE_PATH_INVALID: row(
    81006,
    400,
    'The cloud path is not one that a file may have.',
    'cloudPath 不是合法的文件路径。',
    'Correct what detail.reason names; use plain names, separated by slashes.',
    '请修正 detail.reason 指出的问题；请使用以斜杠分隔的普通名称。',
  ),
  FILE_QUOTA_EXCEEDED: row(
    81007,
    507,
    'The space’s files take all the room that they may.',
    '服务空间的文件已用完配额。',
    'Delete files, or raise "quotaBytes" of the space’s files.',
    '请删除文件，或提高服务空间 files 的 quotaBytes。',
  ),
  FILE_UPLOAD_BROKEN: row(
    81008,
    400,
    'The upload did not arrive whole; nothing of it was kept.',
    '上传内容不完整，未保存任何数据。',
    'Upload the file again; detail.reason tells what was wrong.',
    '请重新上传；原因见 detail.reason。',
  ),
  FILE_OPERATION_REFUSED: row(
    81009,
    403,
    'The space’s settings do not allow this operation on files.',
    '服务空间的设置不允许此文件操作。',
    'detail.setting names the setting of the space’s files that decides.',
    '由服务空间 files 中 detail.setting 指出的设置决定。',
  ),
} as const satisfies Readonly<Record<string, ErrorRow>>
