/* Decodes the frames of one clip with libjpeg-turbo alone: the least that any
 * reader of JPEGs has to do. */

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jpeglib.h>

struct failure {
    struct jpeg_error_mgr manager;
    jmp_buf back;
};

static void fail(j_common_ptr info) {
    longjmp(((struct failure *)info->err)->back, 1);
}

/* Decodes one JPEG into rows of RGB at `out`; returns how many.
 * The window is in pixels of the reduced picture, and whole blocks of it are
 * decoded, as tf.image.decode_and_crop_jpeg does it; height 0 is all. */
static int decode(struct jpeg_decompress_struct *info,
                  const unsigned char *jpeg, size_t length, int ratio,
                  const int *window, unsigned char *out, size_t room) {
    jpeg_mem_src(info, jpeg, length);
    jpeg_read_header(info, TRUE);
    info->out_color_space = JCS_RGB;
    info->scale_num = 1;
    info->scale_denom = ratio;
    info->dct_method = JDCT_IFAST;
    jpeg_start_decompress(info);
    int height = window[2];
    if (height) {
        JDIMENSION left = window[1], width = window[3];
        jpeg_crop_scanline(info, &left, &width);
        jpeg_skip_scanlines(info, window[0]);
    } else {
        height = info->output_height;
    }
    size_t step = (size_t)info->output_width * info->output_components;
    int rows = 0;
    while (rows < height && step * (rows + 1) <= room) {
        JSAMPROW row = out + step * rows;
        rows += jpeg_read_scanlines(info, &row, 1);
    }
    jpeg_abort_decompress(info);
    return rows;
}

/* Decodes `count` JPEGs, every `stride`-th; one lies between two edges in
 * `data`. The window is top, left, height, width. Each is written over the
 * last at `out`. Returns the rows of all, or -1 where one cannot be read. */
int decode_clip(const unsigned char *data, const int64_t *edges, int count,
                int stride, int ratio, const int *window, unsigned char *out,
                size_t room) {
    struct jpeg_decompress_struct info;
    struct failure failure;
    int rows = 0;
    info.err = jpeg_std_error(&failure.manager);
    failure.manager.error_exit = fail;
    jpeg_create_decompress(&info);
    if (setjmp(failure.back)) {
        jpeg_destroy_decompress(&info);
        return -1;
    }
    for (int place = 0; place < count; ++place, edges += stride)
        rows += decode(&info, data + edges[0], edges[1] - edges[0], ratio,
                       window, out, room);
    jpeg_destroy_decompress(&info);
    return rows;
}
