//! What package managers say of repositories that are gone, silent or locked. In other languages the
//! addresses, the names of files and the system's numbers stay.

/// The release is past its end: the names of its mirrors, or its suites.
pub(super) const GONE: &[&str] = &[
    r"resolve host:? '?mirror(list)?\.centos\.org",
    r"Could not (retrieve|get) mirrorlist http://mirrorlist\.centos\.org/",
    r"mirrorlist\.centos\.org/\S* .*(error was|404|\[Errno)",
    r"mirrorlist\.centos\.org.*(Name or service not known|Temporary failure in name resolution)",
    r"//mirror\.centos\.org/\S+(repomd\.xml|\.rpm)\S* .*(404|Errno|Not Found)",
    r"404 for https?://mirror\.centos\.org/",
    // Mirrors of mirrors have followed; the vault has other folders.
    r"https?://\S+/centos/([5678]|[5678]\.[\d.]+|8-stream)/\S*repomd\.xml\S* .*(404|Not Found)",
    r"404 for https?://\S+/centos/([5678]|[5678]\.[\d.]+|8-stream)/",
    r"vault\.centos\.org/\S+repomd\.xml.*(404|Not Found)",
    r"404 for https?://vault\.centos\.org/",
    r"404 for https?://\S+/fedora/linux/(releases|updates)/([1-9]|[123]\d|4[01])/",
    r"/fedora/linux/(releases|updates)/([1-9]|[123]\d|4[01])/\S*repomd\.xml\S* .*(404|Not Found)",
    r"internal mirrorlist: No URLs in mirrorlist",
    r"YumRepo Error: All mirror URLs are not using ftp, http\[s\] or file",
    // apt names the suite, or a file below it.
    r"debian\.(org|net)\S* (etch|lenny|squeeze|wheezy|jessie|stretch|buster)\S* .*(404|Not Found|(does not|no longer) ha\w+ a Release file)",
    r"debian\.(org|net)/\S*dists/(etch|lenny|squeeze|wheezy|jessie|stretch|buster)\S*/.*(404|Not Found)",
    r"^E: .*debian\.(org|net)/\S* (etch|lenny|squeeze|wheezy|jessie|stretch|buster)(/updates|-\w+)? Release\b",
    r"ubuntu\.com/ubuntu\S* (hardy|lucid|maverick|natty|oneiric|precise|quantal|raring|saucy|utopic|vivid|wily|yakkety|zesty|artful|cosmic|disco|eoan|groovy|hirsute|impish|kinetic|lunar|mantic|oracular|plucky)\S* .*(404|Not Found|(does not|no longer) ha\w+ a Release file)",
    r"ubuntu\.com/ubuntu\S*/dists/(hardy|lucid|maverick|natty|oneiric|precise|quantal|raring|saucy|utopic|vivid|wily|yakkety|zesty|artful|cosmic|disco|eoan|groovy|hirsute|impish|kinetic|lunar|mantic|oracular|plucky)\S*/.*(404|Not Found)",
    r"^E: .*ubuntu\.com/ubuntu\S* (hardy|lucid|maverick|natty|oneiric|precise|quantal|raring|saucy|utopic|vivid|wily|yakkety|zesty|artful|cosmic|disco|eoan|groovy|hirsute|impish|kinetic|lunar|mantic|oracular|plucky)(-\w+)? Release\b",
    r"archive\.debian\.org\S* .*(is expired|is not valid|no longer valid)",
];

/// No repository answers, or not the one that is needed.
pub(super) const SILENT: &[&str] = &[
    r"Cannot find a valid baseurl for repo",
    r"Failed to (download metadata|synchronize cache)\b",
    r"Errors during downloading metadata for repository",
    r"Cannot (retrieve|download) (repository metadata|metalink|repomd)",
    r"Temporary failure resolving '",
    r"^(E|Err\S*) .*Could not resolve '",
    r"^E: .*Failed to fetch ",
    r"^E: .*(404  Not Found|Unable to connect to|Connection (failed|timed out|refused))",
    r"^E: .*ould not (resolve|connect to) ",
    r"^E: .*https?://\S+/(dists|pool)/",
    r"Unable to fetch some archives",
    r"No more mirrors to try",
    r"All mirrors were tried",
    r"error: failed (retrieving file|to synchronize)",
    r"failed to update \S+ \(.*(resolve|time|connect|download library)",
    r"Download \(curl\) error for",
    r"Valid metadata not found at specified URL",
    r"ERROR: .*(APKINDEX|alpine).*(DNS|network|temporary|IO error)",
];

/// A package manager goes on to the next mirror, or without one of its repositories.
pub(super) const SILENT_IN_PART: &[&str] = &[
    r"(Curl error \((5|6|7|28|35|52|56|60)\)|curl#(5|6|7|28|35|56|60)|PYCURL ERROR (5|6|7|22|28|56)\b)",
    r"\[Errno (12|14|256)\] .*(Timeout|HTTPS? Error|resolve)",
    r"Could(n't| not) resolve (host|proxy)",
    r"Temporary failure in name resolution",
    r"^(W|Err)\b.*(Failed to fetch|404  Not Found)",
    r"^(E|W): .*(does not|no longer) ha\w+ a Release file",
    r"Cannot initiate the connection to \S+:\d+",
    r"Some index files failed to download",
    r"Status code: (403|404|407|502|503) for https?://",
    r"dl-cdn\.alpinelinux\.org\S*: (temporary error|DNS|network error|connection)",
];

/// Where no other name is found either, the mirrors of an old release say nothing of it.
pub(super) const NO_NAMES: &[&str] = &[
    r"resolve (host:? |')'?([\w-]+\.)*(fedoraproject|debian|kernel|virtualbox|python|rubygems)\.(org|net)",
    r"resolve (host:? |')'?([\w-]+\.)*\w+\.(com|net|io|de|dev|cn)\b",
    r"Temporary failure resolving '",
];

/// Somebody else installs at this moment.
pub(super) const LOCKED: &[&str] = &[
    r"Could not get lock /var/",
    r"^E: .*/var/(lib|cache)/\S*lock\S*.*\(11: ",
    "Unable to lock the (administration|list|download) directory",
    "Unable to lock directory /var/",
    r"dpkg.* (is|was) locked by another process",
    "is another process using it",
    "Another app is currently holding the yum lock",
    "yum lockfile is held by another process",
    r"Existing lock \S+\.pid: another copy is running",
    r"Waiting for process with pid \d+ to finish",
    r"can't create transaction lock on .*temporarily unavailable",
    "waiting for transaction lock on ",
    "System management is locked by the application with pid",
    r"unable to lock database(\)| *$)",
    "could not lock database: File exists",
    r"Unable to lock database: (Resource )?temporarily unavailable",
];

/// The lock was got, and something is installed.
pub(super) const GOT: &[&str] = &[
    r"^(Unpacking|Preparing to unpack|Setting up) \S+",
    r"^\d+ (newly installed|upgraded), \d+ ",
    r"is already the newest version",
    r"^(Resolving Dependencies|Dependencies resolved\.?|Running transaction( test)?|Nothing to do\.?|Complete!)$",
    r"^The following (\d+ )?(NEW packages?|packages? (is|are)) (will|going to) be installed",
    r"^resolving dependencies\.\.\.",
    r"^\(\d+/\d+\) (Installing|Upgrading) ",
];
