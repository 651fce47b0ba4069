#include "CKernels.h"

#include <fcntl.h>

void grove_begin_write_back(int file) { (void)sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE); }
