"""What is told about tables, their files, rows and cells, by code in both languages; `violations` takes it up."""

TEXTS: dict[str, tuple[str, str]] = {
    "encoding_unreadable": (
        "文件既不是UTF-8也不是GB18030编码（第{line}行起无法识别），请另存为UTF-8",
        "the file is neither UTF-8 nor GB18030 throughout (line {line} cannot be read); save it as UTF-8",
    ),
    "file_kind_unknown": (
        "旧版Excel（.xls）文件，请另存为.xlsx或CSV",
        "this is a workbook of Excel 2003 or older; save it as .xlsx or CSV",
    ),
    "file_unreadable": (
        "工作簿已损坏，无法打开，请用Excel重新保存",
        "the workbook is damaged and cannot be opened; save it anew from Excel",
    ),
    "file_too_large": ("工作簿中的文本超过{limit} MiB，未读取", "the workbook holds more than {limit} MiB of text, nothing was read"),
    "record_unreadable": ("第{number}行起文件损坏，其后未读取", "the file is damaged from row {number} on, nothing behind it was read"),
    "scope_unpaired": (
        "名称与其标准（规格）的个数不一致，无法对应，请每行写一项",
        "names and what stands beside them differ in number and cannot be paired; write one a row",
    ),
    "issuer_division_unknown": (
        "发证机关“{name}”未写明所在省市，未采用",
        "the name of the issuer does not say where it is, so it was left out: {name}",
    ),
    "cut_short": (
        "文件在此后损坏，这条数据可能尚未读完，请修复文件后重报",
        "the file is damaged behind this, which may go on there; mend the file and hand it in again",
    ),
    "sheet_ambiguous": (
        "多个工作表都是{title}（{sheets}），请每表另存一个文件",
        "several sheets hold a table ({sheets}), save each as a file of its own",
    ),
    "column_missing": ("找不到“{column}”列，请补上表头", "there is no column '{column}'; add it to the head of the table"),
    "no_failed_item": ("没有不合格项目", "no failed item is named"),
    "items_unpaired": (
        "不合格项目、检验结果、标准值的个数不一致，按顺序对应",
        "items, results and limits differ in number and were paired by position",
    ),
    "entrusted_party_missing": ("只写了委托方，未写受托生产方", "only who ordered the goods is named, not who made them"),
    "remark_needs_reading": ("备注中有“{word}”，须人工阅读", "the remark speaks of {word}, a person must read it"),
}
